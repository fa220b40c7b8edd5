namespace BttProxy.Ledger;

/// <summary>Limits of a ledger's database file.</summary>
public sealed record LedgerOptions
{
    /// <summary>
    /// Greatest size of the database in bytes. Peers make rows (channels, sessions), so the file needs a bound;
    /// a full ledger refuses new money, it never drops old money. Default: 16 GiB, some 50 million channels.
    /// </summary>
    public long MaxBytes { get; init; } = 16L << 30;

    /// <summary>Writes waiting for the writer before callers have to wait for room. Default: 16,384.</summary>
    public int QueueLength { get; init; } = 16_384;

    /// <summary>Writes that share one transaction and one fsync. Default: 4,096, so that a batch stays far below 100 ms.</summary>
    public int MaxBatch { get; init; } = 4_096;

    /// <summary>Of a relay's ledger: what this process does with it. Default: all.</summary>
    public LedgerPart Part { get; init; }

    /// <summary>Called before each commit, by tests that crash there.</summary>
    internal Action? Committing { get; init; }
}
