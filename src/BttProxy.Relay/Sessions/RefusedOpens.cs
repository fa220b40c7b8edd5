using System.Net;
using System.Net.Sockets;
using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Sessions;

/// <summary>
/// Counts refused requests for sessions per address: each costs a signature check and may cost a question to the chain, whose nodes allow
/// few.
/// </summary>
internal sealed class RefusedOpens(int perMinute, TimeProvider time)
{
    // Who has one IPv6 address has as many as its site's prefix holds.
    private const int SitePrefixBytes = 6;

    private readonly MinuteCounts<IPAddress> _counts = new(perMinute, time);

    public bool IsExceeded(IPAddress source) => _counts.IsExceeded(Site(source));

    /// <summary>Counts a refusal, unless it is for the relay's own trouble.</summary>
    public void Note(IPAddress source, SessionRejection rejection)
    {
        if (rejection is not (SessionRejection.Accepted or SessionRejection.HeldByAnotherWriter or SessionRejection.ExposureExceeded
            or SessionRejection.ChainViewStale or SessionRejection.ChainUnavailable or SessionRejection.TooManySessions
            or SessionRejection.LedgerUnavailable or SessionRejection.QuotaReached))
        {
            _counts.Count(Site(source));
        }
    }

    private static IPAddress Site(IPAddress source)
    {
        if (source.IsIPv4MappedToIPv6)
        {
            return source.MapToIPv4();
        }

        if (source.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return source;
        }

        var bytes = source.GetAddressBytes();
        bytes.AsSpan(SitePrefixBytes).Clear();
        return new IPAddress(bytes);
    }
}
