using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent;

/// <summary>
/// The one guard in front of every dial, TCP and UDP. It judges the address that will really be dialled, after name
/// resolution, so that no peer, tracker, magnet link or DHT node can point this host at its own network.
/// </summary>
public sealed class ConnectGuard(ConnectGuardOptions options)
{
    // IANA special-purpose address registries (RFC 6890 and its updates). The first that holds the address gives the reason.
    private static readonly (IPNetwork Network, ConnectRefusal Reason)[] Special =
    [
        (IPNetwork.Parse("127.0.0.0/8"), ConnectRefusal.Loopback),
        (IPNetwork.Parse("10.0.0.0/8"), ConnectRefusal.Private),
        (IPNetwork.Parse("172.16.0.0/12"), ConnectRefusal.Private),
        (IPNetwork.Parse("192.168.0.0/16"), ConnectRefusal.Private),
        (IPNetwork.Parse("100.64.0.0/10"), ConnectRefusal.CarrierGradeNat),
        (IPNetwork.Parse("169.254.0.0/16"), ConnectRefusal.LinkLocal),
        (IPNetwork.Parse("224.0.0.0/4"), ConnectRefusal.Multicast),
        (IPNetwork.Parse("0.0.0.0/8"), ConnectRefusal.Unspecified),
        (IPNetwork.Parse("192.0.0.0/24"), ConnectRefusal.Reserved),
        (IPNetwork.Parse("192.0.2.0/24"), ConnectRefusal.Reserved),
        (IPNetwork.Parse("192.88.99.0/24"), ConnectRefusal.Translated),
        // Not in the registries: hosts in Azure reach their platform's own services there.
        (IPNetwork.Parse("168.63.129.16/32"), ConnectRefusal.LinkLocal),
        (IPNetwork.Parse("198.18.0.0/15"), ConnectRefusal.Reserved),
        (IPNetwork.Parse("198.51.100.0/24"), ConnectRefusal.Reserved),
        (IPNetwork.Parse("203.0.113.0/24"), ConnectRefusal.Reserved),
        (IPNetwork.Parse("240.0.0.0/4"), ConnectRefusal.Reserved),
        (IPNetwork.Parse("::1/128"), ConnectRefusal.Loopback),
        (IPNetwork.Parse("::/128"), ConnectRefusal.Unspecified),
        (IPNetwork.Parse("::/96"), ConnectRefusal.Translated),
        (IPNetwork.Parse("::ffff:0:0:0/96"), ConnectRefusal.Translated),
        (IPNetwork.Parse("64:ff9b::/96"), ConnectRefusal.Translated),
        (IPNetwork.Parse("64:ff9b:1::/48"), ConnectRefusal.Translated),
        (IPNetwork.Parse("2002::/16"), ConnectRefusal.Translated),
        (IPNetwork.Parse("2001::/32"), ConnectRefusal.Translated),
        (IPNetwork.Parse("2001::/23"), ConnectRefusal.Reserved),
        (IPNetwork.Parse("2001:db8::/32"), ConnectRefusal.Reserved),
        (IPNetwork.Parse("3fff::/20"), ConnectRefusal.Reserved),
        (IPNetwork.Parse("fc00::/7"), ConnectRefusal.Private),
        (IPNetwork.Parse("fe80::/10"), ConnectRefusal.LinkLocal),
        (IPNetwork.Parse("fec0::/10"), ConnectRefusal.Private),
        (IPNetwork.Parse("ff00::/8"), ConnectRefusal.Multicast),
    ];

    // Whatever is not global unicast (RFC 4291, the one block that IANA assigns addresses from) is no peer, known or not.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // Databases, caches and remote desktops on their usual ports: what request forgery looks for.
    private static readonly FrozenSet<int> ServicePorts = FrozenSet.Create(
        1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5900, 5984, 6379, 9200, 10250, 11211, 27017);

    /// <summary>True when private and loopback addresses may be dialled: a test network.</summary>
    public bool AllowsPrivateAddresses => options.AllowPrivateAddresses;

    /// <param name="endPoint">The resolved address and port. IPv4 in IPv6 form is judged as the IPv4 address.</param>
    /// <param name="reason"><see cref="ConnectRefusal.None"/> when allowed.</param>
    public bool Allows(IPEndPoint endPoint, out ConnectRefusal reason)
    {
        var address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        reason = JudgePort(endPoint.Port);
        if (reason == ConnectRefusal.None)
        {
            reason = Judge(address);
        }
        return reason == ConnectRefusal.None;
    }

    private ConnectRefusal JudgePort(int port) => port switch
    {
        0 => ConnectRefusal.PortZero,
        _ when options.AllowPrivateAddresses => ConnectRefusal.None,
        80 or 443 => ConnectRefusal.None,
        < 1024 => ConnectRefusal.SystemPort,
        _ => ServicePorts.Contains(port) ? ConnectRefusal.ServicePort : ConnectRefusal.None,
    };

    private ConnectRefusal Judge(IPAddress address)
    {
        foreach (var network in options.DeniedNetworks)
        {
            if (network.Contains(address))
            {
                return ConnectRefusal.DeniedNetwork;
            }
        }
        var isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        foreach (var (network, reason) in Special)
        {
            var sameFamily = (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork) == isIPv4;
            if (sameFamily && network.Contains(address))
            {
                var isPrivate = reason is ConnectRefusal.Loopback or ConnectRefusal.Private;
                return isPrivate && options.AllowPrivateAddresses ? ConnectRefusal.None : reason;
            }
        }
        return isIPv4 || GlobalUnicast.Contains(address) ? ConnectRefusal.None : ConnectRefusal.Reserved;
    }
}
