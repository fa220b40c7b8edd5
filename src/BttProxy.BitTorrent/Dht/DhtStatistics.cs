using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>What a node is doing in one of the two networks (IPv4 or IPv6), at one moment.</summary>
public sealed record DhtStatistics
{
    public required DhtNodeId Id { get; init; }

    public required IPEndPoint LocalEndPoint { get; init; }

    /// <summary>Our address as eight other networks agree on it (BEP 42); null until then.</summary>
    public IPAddress? ExternalAddress { get; init; }

    /// <summary>Nodes in the routing table.</summary>
    public required int Nodes { get; init; }

    /// <summary>Those of them whose id belongs to their address (BEP 42).</summary>
    public required int VerifiedNodes { get; init; }

    /// <summary>Nodes that answered when there was no room, and wait for a place.</summary>
    public required int SpareNodes { get; init; }

    /// <summary>Nodes that asked us something, or were named to us, and wait for a ping.</summary>
    public required int WaitingStrangers { get; init; }

    /// <summary>Nodes that the whole network is thought to have, by the density of answers; null before the first lookup.</summary>
    public double? NetworkSize { get; init; }

    public required int StoredInfoHashes { get; init; }

    public required int StoredPeers { get; init; }

    public required int StoredItems { get; init; }

    public required int OpenQueries { get; init; }

    /// <summary>Remotes whose packets are counted for pacing.</summary>
    public required int PacedRemotes { get; init; }

    public required long PacketsReceived { get; init; }

    public required long PacketsSent { get; init; }

    /// <summary>Queries of others answered with an error.</summary>
    public required long QueriesRefused { get; init; }

    /// <summary>Packets dropped unanswered, by reason.</summary>
    public required IReadOnlyDictionary<DhtDropReason, long> Dropped { get; init; }
}
