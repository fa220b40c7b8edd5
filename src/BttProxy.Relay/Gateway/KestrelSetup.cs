using System.Security.Authentication;
using BttProxy.Relay.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BttProxy.Relay.Gateway;

/// <summary>The public listener: TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1 on one port, nothing that names the server.</summary>
internal static class KestrelSetup
{
    // Every message of the tunnel is far smaller; a decoy visitor has nothing to upload.
    private const int MaxRequestBody = 64 * 1024;

    // One client runs a handful of ranges over at most three connections; the rest is room for its control requests.
    private const int MaxStreamsPerConnection = 128;

    // Bytes Kestrel holds per response before writes wait for the client: two copies of the forwarder's 64 KiB buffer, so that reading
    // from the worker and encrypting for the client overlap.
    private const int MaxResponseBuffer = 256 * 1024;

    public static void Configure(KestrelServerOptions kestrel, TunnelOptions options, TlsIdentity tls)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = MaxRequestBody;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxResponseBufferSize = MaxResponseBuffer;
        limits.Http2.MaxStreamsPerConnection = MaxStreamsPerConnection;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);

        // A response may rest while its session waits for a payment; Kestrel's rule would cut it after 5 s, and HTTP/2 has no override per
        // request. The stall guard is the forwarder's activity timeout.
        limits.MinResponseDataRate = null;
        kestrel.Listen(options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(tls.Certificate, https =>
            {
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.HandshakeTimeout = TimeSpan.FromSeconds(10);
            });
        });
    }
}
