using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent;

/// <summary>The one or two addresses at which we listen, from which dials of the same family leave.</summary>
internal readonly record struct ListenAddresses(IPAddress First, IPAddress? IPv6 = null)
{
    /// <summary>Null when no single address is named for the family.</summary>
    public IPAddress? For(AddressFamily family)
    {
        var address = family == AddressFamily.InterNetworkV6 && IPv6 is not null ? IPv6 : First;
        return address.AddressFamily == family && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? address : null;
    }
}
