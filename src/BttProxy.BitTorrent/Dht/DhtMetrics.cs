using System.Diagnostics.Metrics;

namespace BttProxy.BitTorrent.Dht;

/// <summary>What is measured of a DHT node.</summary>
internal static class DhtMetrics
{
    private const string MeterName = "BttProxy";

    public static void Observe(DhtNode node, IReadOnlyList<KrpcCounters> sockets, IMeterFactory? factory)
    {
        if (factory?.Create(MeterName) is not { } meter)
        {
            return;
        }
        meter.CreateObservableGauge("bttproxy.dht.nodes", () => node.NodeCount, "{node}", "Nodes in the routing table, all of which have answered.");
        meter.CreateObservableCounter("bttproxy.dht.query", () => Queries(sockets), "{query}", "Queries to other nodes, by method and result.");
        meter.CreateObservableCounter("bttproxy.dht.dropped", () => Dropped(sockets), "{packet}", "Packets of others that got no answer, by reason.");
    }

    private static IEnumerable<Measurement<long>> Queries(IReadOnlyList<KrpcCounters> sockets) =>
        from method in Enum.GetValues<KrpcMethod>()
        where method != KrpcMethod.Unknown
        from result in Enum.GetValues<KrpcResult>()
        select new Measurement<long>(
            sockets.Sum(socket => socket.Queries(method, result)), LabelValue.Tag("type", method), LabelValue.Tag("result", result));

    private static IEnumerable<Measurement<long>> Dropped(IReadOnlyList<KrpcCounters> sockets) =>
        from reason in Enum.GetValues<DhtDropReason>()
        select new Measurement<long>(sockets.Sum(socket => socket.Dropped(reason)), LabelValue.Tag("reason", reason));
}
