using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BttProxy.BitTorrent;
using BttProxy.Protocol.Relays;

namespace BttProxy.Client.Tunnels;

/// <summary>
/// Makes the HTTP handler of a tunnel: dials only the record's endpoints and only what the connect guard allows, and accepts
/// exactly the pinned key, whoever signed the certificate.
/// </summary>
internal sealed class PinnedHandler(RelayRecord record, ConnectGuard guard, TunnelOptions options)
{
    private MeteredConnection? _latest;

    /// <summary>The connection made last.</summary>
    public MeteredConnection? Latest => Volatile.Read(ref _latest);

    public SocketsHttpHandler Create(int maximumConnections)
    {
        // Up to a quarter more or less, so that connections do not all end at one age.
        var jitter = RandomNumberGenerator.GetInt32(75, 126) / 100.0;
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = maximumConnections,
            PooledConnectionLifetime = options.ConnectionLifetime * jitter,
            InitialHttp2StreamWindowSize = options.StreamWindowBytes,
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => IsPinned(certificate),
            },
        };
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Exception? last = null;
        foreach (var endpoint in record.Endpoints)
        {
            var address = endpoint.ToIPEndPoint();
            if (!guard.Allows(address, out var refusal))
            {
                last = new HttpRequestException($"The relay's address is not allowed here ({refusal}).");
                continue;
            }

            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, cancellationToken);
                var connection = new MeteredConnection(new NetworkStream(socket, ownsSocket: true));
                Volatile.Write(ref _latest, connection);
                return connection;
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                last = failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new HttpRequestException("The relay's record names no address.");
    }

    private bool IsPinned(X509Certificate? certificate) =>
        certificate is X509Certificate2 presented
        && record.TlsKeyHash.Span.SequenceEqual(SHA256.HashData(presented.PublicKey.ExportSubjectPublicKeyInfo()));
}
