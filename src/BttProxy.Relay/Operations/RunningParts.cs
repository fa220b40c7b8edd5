using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Discovery.Announcing;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Reloading;
using BttProxy.Relay.Worker;

namespace BttProxy.Relay.Operations;

/// <summary>
/// What of a relay runs in this process, filled in as it starts. A part is null where it runs elsewhere, or the relay does not run at all.
/// </summary>
internal sealed class RunningParts
{
    /// <summary>Null beside a stopped relay.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The record as it would be signed now.</summary>
    public Func<RelayRecord>? Record { get; set; }

    /// <summary>Vouchers are claimed by another process on the same ledger; what is to be claimed is only queued here.</summary>
    public bool IsSettledElsewhere { get; set; }

    /// <summary>The relay was asked to stop.</summary>
    public Func<bool> IsStopping { get; set; } = static () => false;

    /// <summary>Day and month.</summary>
    public Func<IReadOnlyList<QuotaUse>>? Quotas { get; set; }

    public Hibernation? Hibernation { get; set; }

    /// <summary>Null for a relay that was not made from files.</summary>
    public ConfigurationReloader? Reloader { get; set; }

    public DhtNode? Dht { get; set; }

    public RelayAnnouncer? Announcer { get; set; }

    public SwarmEngine? Swarm { get; set; }

    public TorrentCatalog? Torrents { get; set; }
}
