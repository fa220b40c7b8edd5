using System.Net;

namespace BttProxy.Client.Torrents;

/// <summary>How a command takes part in the DHT.</summary>
internal sealed record DhtSettings
{
    public bool AllowPrivateAddresses { get; init; }

    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 0);

    public IReadOnlyList<DnsEndPoint> Bootstrap { get; init; } = [];
}
