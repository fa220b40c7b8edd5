using Org.BouncyCastle.Crypto.Digests;

namespace BttProxy.Protocol.Keys;

/// <summary>Keccak-256 as Ethereum and TRON use it (padding of the competition entry, not of SHA-3).</summary>
public static class Keccak256
{
    // One digest per thread: its state is 400 bytes, and a voucher check hashes three times.
    [ThreadStatic]
    private static KeccakDigest? _digest;

    public static Bytes32 Hash(ReadOnlySpan<byte> data)
    {
        var digest = _digest ??= new KeccakDigest(256);
        digest.BlockUpdate(data);
        Span<byte> hash = stackalloc byte[Bytes32.Length];
        digest.DoFinal(hash);
        return new Bytes32(hash);
    }
}
