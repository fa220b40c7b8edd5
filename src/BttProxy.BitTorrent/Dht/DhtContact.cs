using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>A node as others see it: id and UDP address.</summary>
internal readonly record struct DhtContact(DhtNodeId Id, IPEndPoint EndPoint)
{
    /// <summary>The id belongs to the address by BEP 42, or the address is exempt.</summary>
    public bool IsVerified => SecureNodeId.Matches(Id, EndPoint.Address);
}
