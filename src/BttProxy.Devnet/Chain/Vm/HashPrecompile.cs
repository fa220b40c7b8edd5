using System.Security.Cryptography;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>
/// 2: SHA-256. 3: where Ethereum has RIPEMD-160, TRON has SHA-256 of the first 20 bytes of the data's SHA-256
/// (java-tron, PrecompiledContracts.Ripempd160), at RIPEMD's price.
/// </summary>
internal sealed class HashPrecompile(bool twice) : Precompile
{
    private const int Truncated = 20;

    public override long Price(ReadOnlySpan<byte> data) =>
        twice ? 600 + (120 * WordArithmetic.Words(data.Length)) : 60 + (12 * WordArithmetic.Words(data.Length));

    public override bool TryRun(ReadOnlySpan<byte> data, out byte[] output)
    {
        var hash = SHA256.HashData(data);
        output = twice ? SHA256.HashData(hash.AsSpan(0, Truncated)) : hash;
        return true;
    }
}
