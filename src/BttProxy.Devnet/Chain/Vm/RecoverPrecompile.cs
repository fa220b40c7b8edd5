using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>
/// 1: ecrecover(digest, v, r, s). The word it returns is 0x41 and the 20 bytes of the address, so it has 21 bytes; nothing for
/// what is no signature. v is 27 or 28, high s is taken.
/// </summary>
internal sealed class RecoverPrecompile : Precompile
{
    private const int InputLength = 4 * UInt256.Bytes;

    private static readonly UInt256 Order = UInt256.Parse("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    private static readonly UInt256 Prefix = (UInt256)0x41 << (TronAddress.Length * 8);

    public override long Price(ReadOnlySpan<byte> data) => 3_000;

    public override bool TryRun(ReadOnlySpan<byte> data, out byte[] output)
    {
        Span<byte> input = stackalloc byte[InputLength];
        input.Clear();
        data[..Math.Min(data.Length, InputLength)].CopyTo(input);
        output = [];
        var (v, s) = (UInt256.FromBytes(input[32..64]), UInt256.FromBytes(input[96..]));
        if (!v.TryGetWithin(28, out var recovery) || recovery < 27)
        {
            return true;
        }

        // (r, n - s) with the other parity has the same key, and recovery elsewhere in this program takes low s only.
        if (s > Order >> 1 && s < Order)
        {
            s = Order - s;
            recovery = 27 + 28 - recovery;
        }

        Span<byte> signature = stackalloc byte[RecoverableSignature.Length];
        input[64..96].CopyTo(signature);
        s.WriteBytes(signature[32..]);
        signature[64] = (byte)recovery;
        if (Secp256k1.Recover(new Bytes32(input[..32]), signature, out var signer) == SignatureVerdict.Valid)
        {
            output = (Prefix | UInt256.FromAddress(signer)).ToBytes32().ToArray();
        }

        return true;
    }
}
