using System.Net;

namespace BttProxy.Relay.Configuration;

/// <summary>Metrics, health and books, for the operator only.</summary>
public sealed class AdminOptions
{
    /// <summary>Address and port, on loopback unless allowRemote; port 0 takes a free one. Default: 127.0.0.1:9464, the Prometheus exporter's usual port.</summary>
    public IPEndPoint Listen { get; set; } = new(IPAddress.Loopback, 9464);

    /// <summary>
    /// Lets listen be an address that others reach, such as a pod's: they get metrics, liveness and readiness, and of a relay that announces
    /// itself the record, never the books. Metrics tell how busy a relay is and what it earns, so let only Prometheus and probes reach it. Default: false.
    /// </summary>
    public bool AllowRemote { get; set; }
}
