using System.Collections.Frozen;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Protocol.Messages;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Reloading;

namespace BttProxy.Relay.Observability;

/// <summary>
/// Every instrument of a relay, whichever project makes it, with the closed set of its labels. A label that is not here does not leave the
/// process (<see cref="MetricViews"/>), and a test fails on an instrument, a label or a value that is not.
/// </summary>
internal static class Instruments
{
    private const InstrumentKind Counter = InstrumentKind.Counter;
    private const InstrumentKind Gauge = InstrumentKind.Gauge;
    private const InstrumentKind Histogram = InstrumentKind.Histogram;
    private const InstrumentKind UpDownCounter = InstrumentKind.UpDownCounter;

    // DropReason of the swarm, which nobody else needs to know.
    private static readonly string[] ConnectionEnds =
    [
        "none", "closed", "stopping", "handshake_failed", "handshake_timeout", "self_connection", "already_connected", "too_many_peers",
        "message_too_long", "malformed_message", "index_out_of_range", "unrequested_data", "too_many_requests", "bad_data", "bad_metadata",
        "stalled", "idle", "not_reading", "banned", "internal_error", "not_encrypted", "peer_exchange_flood", "private_torrent", "redundant",
        "replaced", "bad_hashes",
    ];

    private static readonly string[] Methods = ["ping", "find_node", "get_peers", "announce_peer", "get", "put"];

    public static IReadOnlyList<InstrumentRule> All { get; } =
    [
        // Gateway
        new("bttproxy.relay.response.body.size", Counter, "By", Labels(("outcome", LabelValue.All<ResponseOutcome>()), ("transport", ["h1", "h2"]))),
        new("bttproxy.relay.paid.size", Counter, "By", Labels(("currency", ["BTT"]))),
        new("bttproxy.relay.unpaid.size", Counter, "By", Labels(("reason", ["abort", "bad_voucher", "expired"]))),
        new("bttproxy.relay.earnings", Counter, "{unit}", Labels(("currency", ["BTT"]), ("state", ["accepted", "settled", "lost"]))),
        new("bttproxy.relay.price", Gauge, "{unit}", Labels(("currency", ["BTT"]))),
        new("bttproxy.relay.quota.used", Gauge, "By", Labels(("period", LabelValue.All<QuotaPeriod>()))),
        new("bttproxy.relay.quota.limit", Gauge, "By", Labels(("period", LabelValue.All<QuotaPeriod>()))),
        new("bttproxy.relay.hibernating", Gauge, null, Labels()),
        new("bttproxy.voucher.check.duration", Histogram, "s", Labels(("result", ["accepted", "refused"]))),
        new("bttproxy.relay.resume", Counter, "{response}", Labels(("result", ["resumed", "lost"]))),
        new("bttproxy.relay.credit.wait.duration", Histogram, "s", Labels(("result", ["paid", "cut"]))),
        new("bttproxy.relay.streams.active", UpDownCounter, "{stream}", Labels(("transport", ["h1", "h2"]))),
        new("bttproxy.relay.sessions.active", UpDownCounter, "{session}", Labels()),
        new("bttproxy.relay.session.rejected", Counter, "{session}", Labels(("reason", LabelValue.All<SessionRejection>()))),
        new("bttproxy.auth.rejected", Counter, "{request}", Labels(("reason", ["format", "hmac", "replay"]))),
        new("bttproxy.relay.config.reloads", Counter, "{reload}", Labels(("result", LabelValue.All<ReloadResult>()))),
        new("bttproxy.ledger.failures", Counter, "{failure}", Labels()),
        new("bttproxy.overload", Gauge, null, Labels(("cause", LabelValue.All<OverloadCause>()))),
        new("bttproxy.cert.expiry.timestamp", Gauge, "s", Labels()),
        new("bttproxy.chain.fresh", Gauge, null, Labels()),

        // Every process
        new("bttproxy.relay.loop.stuck", Gauge, null, Labels(("loop", LabelValue.All<RelayLoop>()))),

        // Worker
        new("bttproxy.relay.time_to_first_byte", Histogram, "s", Labels(("source", LabelValue.All<ContentSource>()))),
        new("bttproxy.relay.stall.duration", Counter, "s", Labels(("phase", LabelValue.All<StallPhase>()))),
        new("bttproxy.content.refused", Counter, "{request}", Labels(("reason", LabelValue.All<ContentRefusal>()))),
        new("bttproxy.swarm.received.size", Counter, "By", Labels(("kind", ["useful", "duplicate", "hash_fail", "protocol"]))),
        new("bttproxy.swarm.sent.size", Counter, "By", Labels()),
        new("bttproxy.swarm.peers", UpDownCounter, "{peer}", Labels(("state", ["connected", "half_open"]))),
        new("bttproxy.swarm.dial", Counter, "{dial}", Labels(("result", ["connected", "denied", "unreachable", "timed_out", "handshake_failed"]))),
        new("bttproxy.swarm.connections_ended", Counter, "{connection}", Labels(("reason", ConnectionEnds))),
        new("bttproxy.swarm.pieces", Counter, "{piece}", Labels(("result", ["good", "bad"]))),
        new("bttproxy.exit.denied", Counter, "{dial}", Labels(("rule", LabelValue.All<ConnectRefusal>()))),
        new("bttproxy.cache.used", Gauge, "By", Labels(("kind", ["evictable", "pinned"]))),
        new("bttproxy.cache.limit", Gauge, "By", Labels(("budget", ["total", "torrent"]))),
        new("bttproxy.cache.torrents", Gauge, "{torrent}", Labels()),
        new("bttproxy.cache.evictions", Counter, "{piece}", Labels(("budget", ["total", "torrent"]))),
        new("bttproxy.cache.evicted.size", Counter, "By", Labels(("budget", ["total", "torrent"]))),
        new("bttproxy.disk.free", Gauge, "By", Labels()),
        new("bttproxy.disk.floor", Gauge, "By", Labels()),
        new("bttproxy.disk.stopped", Gauge, null, Labels()),

        // DHT and discovery
        new("bttproxy.dht.nodes", Gauge, "{node}", Labels()),
        new("bttproxy.dht.store.copies", Gauge, "{node}", Labels()),
        new("bttproxy.dht.query", Counter, "{query}", Labels(("type", Methods), ("result", ["replied", "error", "silence", "send_failed"]))),
        new("bttproxy.dht.dropped", Counter, "{packet}", Labels(("reason", LabelValue.All<DhtDropReason>()))),
        new("bttproxy.discovery.records_published", Counter, "{record}", Labels()),
        new("bttproxy.discovery.announcements", Counter, "{announcement}", Labels()),
        new("bttproxy.discovery.announced_nodes", Gauge, "{node}", Labels()),

        // Settlement and backup
        new("bttproxy.settlement.claims", Counter, "{claim}", Labels(("outcome", ["settled", "refused"]))),
        new("bttproxy.settlement.transactions", Counter, "{transaction}", Labels(("outcome", ["solidified", "reverted", "expired"]))),
        new("bttproxy.settlement.fees", Counter, "{TRX}", Labels()),
        new("bttproxy.settlement.differences", Counter, "{channel}", Labels(("kind", ["claimed", "closed", "missing"]))),
        new("bttproxy.settlement.pending", Gauge, "{transaction}", Labels()),
        new("bttproxy.settlement.pending.age", Gauge, "s", Labels()),
        new("bttproxy.settlement.unclaimed", Gauge, "{BTT}", Labels()),
        new("bttproxy.settlement.pass.age", Gauge, "s", Labels()),
        new("bttproxy.settlement.reconcile.age", Gauge, "s", Labels()),
        new("bttproxy.settlement.withdraw.remaining", Gauge, "s", Labels()),
        new("bttproxy.settlement.trx.balance", Gauge, "{TRX}", Labels()),
        new("bttproxy.settlement.trx.short", Gauge, "{TRX}", Labels()),
        new("bttproxy.backup.failures", Counter, "{failure}", Labels(("target", ["dht", "directory"]))),
        new("bttproxy.backup.channels", Gauge, "{channel}", Labels(("target", ["dht", "directory"]))),
        new("bttproxy.backup.left_out", Gauge, "{channel}", Labels(("target", ["dht", "directory"]))),
        new("bttproxy.backup.ahead", Gauge, "{channel}", Labels(("target", ["dht", "directory"]))),
        new("bttproxy.backup.unreadable", Gauge, "{page}", Labels(("target", ["dht", "directory"]))),
        new("bttproxy.backup.age", Gauge, "s", Labels(("target", ["dht", "directory"]))),
    ];

    private static readonly FrozenDictionary<string, InstrumentRule> ByName = All.ToFrozenDictionary(rule => rule.Name);

    public static InstrumentRule? Find(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, IReadOnlyCollection<string>> Labels(params ReadOnlySpan<(string Key, IReadOnlyCollection<string> Values)> labels)
    {
        var all = new Dictionary<string, IReadOnlyCollection<string>>();
        foreach (var (key, values) in labels)
        {
            all.Add(key, values);
        }

        return all;
    }
}
