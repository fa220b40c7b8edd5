namespace BttProxy.Devnet.Chain.Vm;

/// <summary>The machine's own contracts, by address. TRON compares all 32 bytes of the word that is called.</summary>
internal static class Precompiles
{
    private static readonly Precompile?[] ByNumber =
    [
        null, new RecoverPrecompile(), new HashPrecompile(twice: false), new HashPrecompile(twice: true), new IdentityPrecompile(),
        new PowerPrecompile(),
    ];

    // Not provided, calls to them fail: 6 to 8 (alt_bn128), 9 and 10 (TRON's multi-signatures).
    private static readonly Precompile Missing = new MissingPrecompile();

    private const int Last = 10;

    // Nor TRON's for shielded transfers, stakes and votes, and its copies of Ethereum's RIPEMD-160 and BLAKE2 (0x20003, 0x20009).
    private const int FirstOfTron = 0x1000001;
    private const int LastOfTron = 0x1000016;

    public static Precompile? Find(UInt256 address) =>
        !address.TryGetWithin(LastOfTron, out var number) || number == 0 ? null
        : number < ByNumber.Length ? ByNumber[number]
        : number is <= Last or >= FirstOfTron or 0x20003 or 0x20009 ? Missing
        : null;

    private sealed class MissingPrecompile : Precompile
    {
        public override long Price(ReadOnlySpan<byte> data) => 0;

        public override bool TryRun(ReadOnlySpan<byte> data, out byte[] output)
        {
            output = [];
            return false;
        }
    }

    private sealed class IdentityPrecompile : Precompile
    {
        public override long Price(ReadOnlySpan<byte> data) => 15 + (3 * WordArithmetic.Words(data.Length));

        public override bool TryRun(ReadOnlySpan<byte> data, out byte[] output)
        {
            output = data.ToArray();
            return true;
        }
    }
}
