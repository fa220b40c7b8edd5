using System.Diagnostics.Metrics;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What the swarm side counts. Without a factory the instruments exist and nobody listens.</summary>
internal sealed class SwarmMetrics
{
    private const string MeterName = "BttProxy";

    private static readonly KeyValuePair<string, object?> Useful = new("kind", "useful");
    private static readonly KeyValuePair<string, object?> Duplicate = new("kind", "duplicate");
    private static readonly KeyValuePair<string, object?> HashFailed = new("kind", "hash_fail");
    private static readonly KeyValuePair<string, object?> Protocol = new("kind", "protocol");
    private static readonly KeyValuePair<string, object?> Connected = new("state", "connected");
    private static readonly KeyValuePair<string, object?> HalfOpen = new("state", "half_open");

    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _dials;
    private readonly Counter<long> _denied;
    private readonly UpDownCounter<long> _peers;
    private readonly Counter<long> _pieces;

    public SwarmMetrics(IMeterFactory? factory)
    {
        var meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _received = meter.CreateCounter<long>("bttproxy.swarm.received.size", "By", "Received from peers, by kind; what fails its hash was counted as useful before.");
        _sent = meter.CreateCounter<long>("bttproxy.swarm.sent.size", "By", "Content bytes sent to peers.");
        _ended = meter.CreateCounter<long>("bttproxy.swarm.connections_ended", "{connection}", "Peer connections ended, by reason.");
        _dials = meter.CreateCounter<long>("bttproxy.swarm.dial", "{dial}", "Peers dialled, by result.");
        _denied = meter.CreateCounter<long>("bttproxy.exit.denied", "{dial}", "Addresses that peers or nodes named and that may not be dialled, by rule.");
        _peers = meter.CreateUpDownCounter<long>("bttproxy.swarm.peers", "{peer}", "Peers, by the state of their connection.");
        _pieces = meter.CreateCounter<long>("bttproxy.swarm.pieces", "{piece}", "Pieces hashed, by result.");
    }

    /// <summary>A block that was wanted.</summary>
    public void BlockReceived(int bytes) => _received.Add(bytes, Useful);

    /// <summary>A block that was here already, or that nobody wants any more.</summary>
    public void DuplicateReceived(int bytes) => _received.Add(bytes, Duplicate);

    /// <summary>What is no content: message headers, and every message but blocks.</summary>
    public void ProtocolReceived(int bytes) => _received.Add(bytes, Protocol);

    public void PieceHashed(bool good, int bytes)
    {
        _pieces.Add(1, new KeyValuePair<string, object?>("result", good ? "good" : "bad"));
        if (!good)
        {
            _received.Add(bytes, HashFailed);
        }
    }

    public void Sent(long bytes) => _sent.Add(bytes);

    public void DialStarted() => _peers.Add(1, HalfOpen);

    public void DialEnded(DialResult result)
    {
        _peers.Add(-1, HalfOpen);
        _dials.Add(1, LabelValue.Tag("result", result));
    }

    public void ExitDenied(ConnectRefusal rule) => _denied.Add(1, LabelValue.Tag("rule", rule));

    public void PeerConnected() => _peers.Add(1, Connected);

    /// <summary>The connection ended before the peer was one of ours.</summary>
    public void PeerRefused(DropReason reason) => _ended.Add(1, LabelValue.Tag("reason", reason));

    public void PeerDropped(DropReason reason)
    {
        _peers.Add(-1, Connected);
        _ended.Add(1, LabelValue.Tag("reason", reason));
    }
}
