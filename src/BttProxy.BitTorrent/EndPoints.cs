using System.Net;

namespace BttProxy.BitTorrent;

/// <summary>One form for each address of a host.</summary>
internal static class EndPoints
{
    /// <summary>IPv4 in IPv6 form, as a socket for both families and some peers name it, in its own form.</summary>
    public static IPEndPoint Unmapped(this IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
