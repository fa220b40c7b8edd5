using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>What the transport hands over; called from its receive loop, one datagram at a time.</summary>
internal interface IKrpcHandler
{
    DhtNodeId OwnId { get; }

    /// <returns>The datagram to answer with; empty for silence.</returns>
    ReadOnlyMemory<byte> OnQuery(KrpcMessage query, IPEndPoint remote);

    /// <summary>A reply to a query of ours, from the address that was asked.</summary>
    void OnReply(KrpcMessage reply, IPEndPoint remote);
}
