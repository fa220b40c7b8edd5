using System.Net;

namespace BttProxy.Relay.Configuration;

/// <summary>Metrics, health and books, for the operator only.</summary>
public sealed class AdminOptions
{
    /// <summary>Loopback address and port; port 0 takes a free one. Default: 127.0.0.1:9464, the Prometheus exporter's usual port.</summary>
    public IPEndPoint Listen { get; set; } = new(IPAddress.Loopback, 9464);
}
