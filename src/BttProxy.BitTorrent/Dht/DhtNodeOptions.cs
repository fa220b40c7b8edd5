using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>How one DHT node is set up.</summary>
public sealed record DhtNodeOptions
{
    /// <summary>UDP address to listen on; its family decides for the IPv4 or the IPv6 network (BEP 32 keeps them apart). Port 0 picks one.</summary>
    public required IPEndPoint ListenEndPoint { get; init; }

    /// <summary>
    /// UDP address of the other family: the node then takes part in both networks, asks and writes in both, and each helps
    /// the other to nodes (BEP 32). Default: none, one network only.
    /// </summary>
    public IPEndPoint? SecondListenEndPoint { get; init; }

    /// <summary>Nodes to join through, of either network. Empty for the first node of a new network. Default: none.</summary>
    public IReadOnlyList<IPEndPoint> Bootstrap { get; init; } = [];

    /// <summary>
    /// BEP 43: ask, but neither answer nor be listed by others; for hosts that cannot be reached. Default: false.
    /// </summary>
    public bool ReadOnly { get; init; }

    /// <summary>Judges every address before a packet goes there or is handed on.</summary>
    public required ConnectGuard Guard { get; init; }

    /// <summary>
    /// File that keeps node id and routing table between runs, saved every five minutes and at the end; the second
    /// network's stands beside it with "6" or "4" at the end of the name. Default: none, nothing is kept.
    /// </summary>
    public string? StatePath { get; init; }
}
