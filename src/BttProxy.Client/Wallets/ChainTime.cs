namespace BttProxy.Client.Wallets;

/// <summary>The contract's unix seconds as a time that can be shown.</summary>
internal static class ChainTime
{
    private static readonly ulong Last = (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static DateTimeOffset Of(ulong unixSeconds) => DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(unixSeconds, Last));
}
