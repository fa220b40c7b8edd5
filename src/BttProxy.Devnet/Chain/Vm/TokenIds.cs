namespace BttProxy.Devnet.Chain.Vm;

/// <summary>Ids of TRC-10 tokens: numbers above 1,000,000 that fit a signed 64-bit integer.</summary>
internal static class TokenIds
{
    public const long Lowest = 1_000_001;

    public static bool TryRead(UInt256 word, out long id) => word.TryGetWithin(long.MaxValue, out id) && id >= Lowest;

    public static bool IsInt64(UInt256 word) => word.TryGetWithin(long.MaxValue, out _) || (~word).TryGetWithin(long.MaxValue, out _);
}
