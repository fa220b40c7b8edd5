using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// What counts as one participant. On the public network an address is one participant whatever its ports, and few
/// may come from one network; in a test network many nodes share one local address and differ by port.
/// </summary>
internal sealed class AddressRules(ConnectGuard guard)
{
    public const int PerSubnet = 2;

    private static readonly IPNetwork[] LocalNetworks =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("100.64.0.0/10"),
    ];

    public static bool IsLocal(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal
        : Array.Exists(LocalNetworks, network => network.Contains(address));

    public bool MayContact(IPEndPoint endPoint) => guard.Allows(endPoint, out _);

    /// <summary>The key under which limits per participant are counted.</summary>
    public IPEndPoint Participant(IPEndPoint endPoint) => IsTestPeer(endPoint) ? endPoint : new IPEndPoint(endPoint.Address, 0);

    /// <summary>The key under which writes are counted: an IPv6 host has a /64 of addresses to choose from.</summary>
    public IPEndPoint Writer(IPEndPoint endPoint)
    {
        if (endPoint.AddressFamily != AddressFamily.InterNetworkV6 || IsTestPeer(endPoint))
        {
            return Participant(endPoint);
        }
        var bytes = endPoint.Address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPEndPoint(new IPAddress(bytes), 0);
    }

    public bool IsSameParticipant(IPEndPoint left, IPEndPoint right) =>
        left.Address.Equals(right.Address) && (left.Port == right.Port || !IsTestPeer(left));

    /// <summary>The /24 (IPv4) or /48 (IPv6) of the address; null in a test network, where all share one.</summary>
    public IPAddress? Subnet(IPEndPoint endPoint)
    {
        if (IsTestPeer(endPoint))
        {
            return null;
        }
        var bytes = endPoint.Address.GetAddressBytes();
        Array.Clear(bytes, bytes.Length == 4 ? 3 : 6, bytes.Length == 4 ? 1 : 10);
        return new IPAddress(bytes);
    }

    private bool IsTestPeer(IPEndPoint endPoint) => guard.AllowsPrivateAddresses && IsLocal(endPoint.Address);
}
