using System.Net;
using System.Net.Sockets;

namespace BttProxy.Discovery.Finding;

/// <summary>
/// One candidate per network: whoever rents one /24 (IPv4) or /48 (IPv6) gets one place among the candidates, however many
/// relays it pretends to be. Not safe for concurrent use.
/// </summary>
internal sealed class SubnetFilter(bool isOff)
{
    private const int IPv4Bytes = 3;
    private const int IPv6Bytes = 6;

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes the places of all addresses, or none when one of them is taken.</summary>
    public bool TryTake(IEnumerable<IPAddress> addresses)
    {
        if (isOff)
        {
            return true;
        }

        var subnets = addresses.Select(Subnet).ToHashSet(StringComparer.Ordinal);
        if (subnets.Overlaps(_taken))
        {
            return false;
        }

        _taken.UnionWith(subnets);
        return true;
    }

    private static string Subnet(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var length = plain.AddressFamily == AddressFamily.InterNetwork ? IPv4Bytes : IPv6Bytes;
        return Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, length));
    }
}
