using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>How one DHT node is set up.</summary>
public sealed record DhtNodeOptions
{
    /// <summary>UDP address to listen on; its family is the family of the node (BEP 32 keeps the two networks apart). Port 0 picks one.</summary>
    public required IPEndPoint ListenEndPoint { get; init; }

    /// <summary>Nodes to join the network through. Empty for the first node of a new network. Default: none.</summary>
    public IReadOnlyList<IPEndPoint> Bootstrap { get; init; } = [];

    /// <summary>
    /// BEP 43: ask, but neither answer nor be listed by others; for hosts that cannot be reached. Default: false.
    /// </summary>
    public bool ReadOnly { get; init; }

    /// <summary>Judges every address before a packet goes there or is handed on.</summary>
    public required ConnectGuard Guard { get; init; }

    /// <summary>File that keeps node id and routing table between runs. Default: none, nothing is kept.</summary>
    public string? StatePath { get; init; }
}
