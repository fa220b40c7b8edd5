namespace BttProxy.Discovery.Finding;

/// <summary>Bounds of one search.</summary>
public sealed record RelayFinderOptions
{
    /// <summary>
    /// Rendezvous shards asked at a time, in random order. Three bring a sample of a large market that differs from search to
    /// search; the other shards follow only while fewer than <see cref="Enough"/> relays are known. Default: 3.
    /// </summary>
    public int ShardsAtOnce { get; init; } = 3;

    /// <summary>Relays after which no further shard is asked: more than a user can compare. Default: 20.</summary>
    public int Enough { get; init; } = 20;

    /// <summary>Announced sockets asked per search; a flooded rendezvous costs no more than this. Default: 200.</summary>
    public int MaxQuestions { get; init; } = 200;

    /// <summary>Sockets asked at the same time: more floods the address table of a home router. Default: 16.</summary>
    public int ConcurrentQuestions { get; init; } = 16;

    /// <summary>
    /// How many nodes the DHT was joined through: when no more than these answer, the network behind them is cut off.
    /// Default: 0.
    /// </summary>
    public int BootstrapNodes { get; init; }

    /// <summary>How long to wait for the first DHT node after the start. Default: 10 s.</summary>
    public TimeSpan DhtPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A search that has found nothing asks again until then, since a network may just be starting. Default: 20 s.
    /// </summary>
    public TimeSpan SearchTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Clocks of hosts differ by this much without harm. Default: 10 minutes.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Relays renew their records every half hour; one that has not for a day is gone, whatever time to live it claims.
    /// Default: 24 hours.
    /// </summary>
    public TimeSpan MaxRecordAge { get; init; } = TimeSpan.FromHours(24);
}
