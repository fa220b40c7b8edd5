using System.Net;
using System.Net.Sockets;
using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Sessions;

/// <summary>
/// Counts refused requests for sessions per address in fixed minutes: each costs a signature check and may cost a question to the chain,
/// whose nodes allow few.
/// </summary>
internal sealed class RefusedOpens(int perMinute, TimeProvider time)
{
    /// <summary>Addresses remembered in one minute. Beyond that new ones are not counted, so that a botnet locks nobody out.</summary>
    public const int MaxSources = 4096;

    // Who has one IPv6 address has as many as its site's prefix holds.
    private const int SitePrefixBytes = 6;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private long _minute;

    public bool IsExceeded(IPAddress source)
    {
        lock (_lock)
        {
            Roll();
            return _counts.GetValueOrDefault(Site(source)) >= perMinute;
        }
    }

    /// <summary>Counts a refusal, unless it is for the relay's own trouble.</summary>
    public void Note(IPAddress source, SessionRejection rejection)
    {
        if (rejection is SessionRejection.Accepted or SessionRejection.HeldByAnotherWriter or SessionRejection.ExposureExceeded
            or SessionRejection.ChainViewStale or SessionRejection.ChainUnavailable or SessionRejection.TooManySessions
            or SessionRejection.LedgerUnavailable)
        {
            return;
        }

        lock (_lock)
        {
            Roll();
            var site = Site(source);
            if (_counts.TryGetValue(site, out var count) || _counts.Count < MaxSources)
            {
                _counts[site] = count + 1;
            }
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

    private void Roll()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (minute != _minute)
        {
            _minute = minute;
            _counts.Clear();
        }
    }
}
