using System.Diagnostics.Metrics;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What the swarm side counts. Without a factory the instruments exist and nobody listens.</summary>
internal sealed class SwarmMetrics
{
    private const string MeterName = "BttProxy";

    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _dropped;
    private readonly UpDownCounter<long> _peers;
    private readonly Counter<long> _pieces;

    public SwarmMetrics(IMeterFactory? factory)
    {
        var meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _received = meter.CreateCounter<long>("bttproxy.swarm.received", "By", "Content bytes received from peers, by what became of them.");
        _sent = meter.CreateCounter<long>("bttproxy.swarm.sent", "By", "Content bytes sent to peers.");
        _dropped = meter.CreateCounter<long>("bttproxy.swarm.connections_ended", "{connection}", "Peer connections ended, by reason.");
        _peers = meter.CreateUpDownCounter<long>("bttproxy.swarm.peers", "{peer}", "Connected peers.");
        _pieces = meter.CreateCounter<long>("bttproxy.swarm.pieces", "{piece}", "Pieces hashed, by result.");
    }

    public void BlocksReceived(long useful, long duplicate)
    {
        if (useful > 0)
        {
            _received.Add(useful, new KeyValuePair<string, object?>("result", "useful"));
        }
        if (duplicate > 0)
        {
            _received.Add(duplicate, new KeyValuePair<string, object?>("result", "duplicate"));
        }
    }

    public void PieceHashed(bool good) => _pieces.Add(1, new KeyValuePair<string, object?>("result", good ? "good" : "bad"));

    public void Sent(long bytes) => _sent.Add(bytes);

    public void PeerConnected() => _peers.Add(1);

    /// <summary>The connection ended before the peer was one of ours.</summary>
    public void PeerRefused(DropReason reason) => CountEnd(reason);

    public void PeerDropped(DropReason reason)
    {
        _peers.Add(-1);
        CountEnd(reason);
    }

    private void CountEnd(DropReason reason) => _dropped.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
}
