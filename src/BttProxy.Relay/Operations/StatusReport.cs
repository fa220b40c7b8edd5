using BttProxy.Protocol.Money;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Pricing;

namespace BttProxy.Relay.Operations;

internal sealed record StatusQuery;

/// <summary>The relay on one screen.</summary>
internal sealed record StatusReport
{
    public required RelayActivity State { get; init; }

    /// <summary>What is wrong, the worst first; empty when all is well.</summary>
    public required IReadOnlyList<StatusProblem> Problems { get; init; }

    /// <summary>Null when the keys cannot be read.</summary>
    public string? RelayId { get; init; }

    public string? Payee { get; init; }

    public required string Version { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Where clients dial.</summary>
    public required IReadOnlyList<string> PublicEndPoints { get; init; }

    /// <summary>Of a session that is opened now.</summary>
    public required PricePerMegabyte PricePerMegabyte { get; init; }

    /// <summary>Null when it is the same all day.</summary>
    public PriceChange? NextPrice { get; init; }

    /// <summary>Day and month; null when no gateway runs.</summary>
    public IReadOnlyList<QuotaUse>? Quotas { get; init; }

    /// <summary>When the relay sells again; null while it sells.</summary>
    public DateTimeOffset? HibernatesUntil { get; init; }

    public required int Sessions { get; init; }

    /// <summary>Sessions with a running response.</summary>
    public required int Serving { get; init; }

    /// <summary>Bytes per second to all clients, measured over the last second.</summary>
    public required long Rate { get; init; }

    /// <summary>Since midnight UTC.</summary>
    public required EarningsRow Today { get; init; }

    public required EarningsTotals Totals { get; init; }

    public required ChainState Chain { get; init; }

    /// <summary>Null when the DHT node does not run in the process that was asked.</summary>
    public DhtState? Dht { get; init; }

    /// <summary>Null when no worker runs in the process that was asked.</summary>
    public CacheState? Cache { get; init; }
}

internal enum RelayActivity
{
    Running,

    /// <summary>No new sessions; what runs may end.</summary>
    Stopping,

    Stopped,
}

/// <param name="What">What was found.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record StatusProblem(string What, string Remedy);

/// <param name="Block">The newest; null when no node answers.</param>
/// <param name="BlockTime">Of it.</param>
/// <param name="Account">Who pays for claims.</param>
/// <param name="Sun">Its millionths of a TRX.</param>
/// <param name="Unknown">Why the chain could not be asked; null when it was.</param>
internal sealed record ChainState(ulong? Block, DateTimeOffset? BlockTime, string? Account, long? Sun, string? Unknown);

/// <param name="Nodes">In the routing table.</param>
/// <param name="ExternalAddress">As other networks see this one (BEP 42); null until enough agree.</param>
/// <param name="Announces">By the configuration.</param>
/// <param name="Copies">Nodes from which the newest record was read back.</param>
/// <param name="PublishedAt">When it was last stored.</param>
/// <param name="AnnouncedTo">Nodes that took the announcement at the rendezvous.</param>
/// <param name="AnnouncedAt">When it was last visited.</param>
internal sealed record DhtState(
    int Nodes, string? ExternalAddress, bool Announces, int Copies, DateTimeOffset? PublishedAt, int AnnouncedTo, DateTimeOffset? AnnouncedAt);

/// <param name="Held">Bytes of content on disk.</param>
/// <param name="Budget">Most of them.</param>
/// <param name="Torrents">Joined now.</param>
/// <param name="Free">Bytes free on the volume; null when it does not tell.</param>
/// <param name="MinFree">With less, nothing is fetched.</param>
internal sealed record CacheState(long Held, long Budget, int Torrents, long? Free, long MinFree);
