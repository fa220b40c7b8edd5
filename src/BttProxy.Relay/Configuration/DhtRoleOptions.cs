using System.Net;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>The relay's DHT node.</summary>
public sealed class DhtRoleOptions
{
    /// <summary>UDP address and port; port 0 takes a free one. Default: 0.0.0.0:6881.</summary>
    public IPEndPoint Listen { get; set; } = new(IPAddress.Any, 6881);

    /// <summary>Publish the record and announce the relay. Default: true.</summary>
    public bool Announce { get; set; } = true;

    /// <summary>
    /// Where a dht process without the gateway has the signed record from: the gateway's admin port, as "http://host:port". Null: the gateway
    /// is in this process. Default: null.
    /// </summary>
    public string? RecordFrom { get; set; }

    /// <summary>Lifetime of the record. Default: 2 h, the age at which DHT nodes may drop it.</summary>
    [AllowedRange("00:05:00", "1.00:00:00")]
    public TimeSpan RecordLifetime { get; set; } = TimeSpan.FromHours(2);
}
