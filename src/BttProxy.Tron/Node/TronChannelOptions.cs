namespace BttProxy.Tron.Node;

/// <summary>What transactions to the contract may cost, and how long they may take.</summary>
public sealed record TronChannelOptions
{
    /// <summary>Most sun for one transaction's energy; a call that needs more is not sent.</summary>
    public long MaxFeeLimit { get; init; } = 500_000_000;

    /// <summary>The fee limit is the simulated energy with this much on top, in percent: state may change until the block is made.</summary>
    public int EnergyMarginPercent { get; init; } = 30;

    /// <summary>After this a transaction that is in no block never will be.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest chain that is looked through for a payer's channels: half an hour at ten blocks a second.</summary>
    public long MaxSearchedBlocks { get; init; } = 20_000;
}
