namespace BttProxy.Devnet.Chain.Node;

/// <summary>Mainnet's prices and limits of 2026, in sun.</summary>
internal static class ChainPrices
{
    public const long EnergySun = 100;
    public const long BandwidthSun = 1_000;
    public const long MaxFeeLimit = 15_000_000_000;

    /// <summary>A transfer to an address that has no account yet makes one.</summary>
    public const long NewAccountSun = 1_000_000;

    /// <summary>Instead of bandwidth, when a transfer makes an account.</summary>
    public const long NewAccountBandwidthSun = 100_000;
}
