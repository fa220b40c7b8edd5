namespace BttProxy.Devnet.Chain.Node;

/// <summary>How the embedded node makes blocks.</summary>
public sealed record NodeOptions
{
    /// <summary>
    /// Time between blocks; TRON's is three seconds. Zero makes a block whenever a transaction comes, and solidifies it at once.
    /// </summary>
    public TimeSpan BlockTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Blocks on top after which one can no longer be undone: 19 of TRON's 27 producers have built on it then.</summary>
    public int BlocksToSolidify { get; init; } = 18;

    /// <summary>
    /// Sun that the faucet gives to whoever sends a transaction and has less than half of it: nobody has to get TRX first. Default: 0, none.
    /// </summary>
    public long Gift { get; init; }

    /// <summary>
    /// Empty blocks that a new chain has already, so that it is as long as one that has run for weeks. Default: 0.
    /// </summary>
    public long InitialBlocks { get; init; }

    internal bool IsOnDemand => BlockTime == TimeSpan.Zero;
}
