using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BttProxy.BitTorrent;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Doctor;

/// <summary>
/// Dials the relay at its public address, as a client does: is the port reached, is the address one that clients can dial, is the certificate
/// the record's, does a stranger see an ordinary site. It dials from this machine: a firewall before it that keeps others out is not seen.
/// </summary>
internal sealed class PortCheck(
    RelayOptions options, NetworkDescription network, KeysOnDisk keys, DhtProbe dht, StatusReport? running, TimeProvider time)
{
    private const string Forward = "Forward the port to this machine on the router, open it in firewalls, and name the public address in tunnel.publicEndPoints.";

    // Half of what a restart gives; a relay that runs for a year is restarted before.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly TimeSpan DialPatience = TimeSpan.FromSeconds(8);

    private sealed record Visit(string? Problem, TimeSpan Took, Bytes32? Pin, DateTimeOffset NotAfter, int Status, int Bytes, bool TellsServer, int NotFound);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (running is null)
        {
            return [Free(), Finding.Skip("certificate", "no relay runs"), Finding.Skip("site", "no relay runs")];
        }

        var addresses = running.PublicEndPoints.Select(IPEndPoint.Parse).ToArray();
        var visits = await Task.WhenAll(addresses.Select(address => VisitAsync(address, cancellationToken)));
        var reached = visits.FirstOrDefault(static visit => visit.Problem is null);
        return
        [
            await PortAsync(addresses, visits, cancellationToken),
            reached is null ? Finding.Skip("certificate", "the port is not reached") : Certificate(reached),
            reached is null ? Finding.Skip("site", "the port is not reached") : Site(reached),
        ];
    }

    private async Task<Finding> PortAsync(IPEndPoint[] addresses, Visit[] visits, CancellationToken cancellationToken)
    {
        var guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = network.AllowPrivateAddresses });
        foreach (var (address, visit) in addresses.Zip(visits))
        {
            if (!guard.Allows(address, out var reason))
            {
                return Finding.Fail(
                    "port", $"the record says {address}, which nobody outside can dial ({reason})",
                    $"Name the public address in tunnel.publicEndPoints{(dht.SeenAs is [var seen, ..] ? $": DHT nodes see {seen}" : "")}. Behind carrier-grade NAT a relay cannot be reached at all.");
            }

            if (visit.Problem is { } problem)
            {
                var local = await VisitAsync(new IPEndPoint(Loopback(address), options.Tunnel.Listen.Port), cancellationToken);
                return local.Problem is null
                    ? Finding.Warn(
                        "port", $"{address} is not reached from this machine ({problem}), and the relay listens",
                        $"Routers often do not lead back inside: try 'curl -k https://{address}/' from another network. {Forward}")
                    : Finding.Fail("port", $"{address} is not reached: {problem}", Forward);
            }
        }

        var strange = dht.SeenAs.Where(seen => !IPAddress.IsLoopback(seen) && seen.AddressFamily == addresses[0].AddressFamily).ToArray();
        var measured = $"{string.Join(", ", addresses.Select(static address => address.ToString()))} answers in {visits.Max(static visit => visit.Took).TotalMilliseconds:0} ms";
        return strange.Length > 0 && !strange.Any(seen => addresses.Any(address => address.Address.Equals(seen)))
            ? Finding.Warn("port", $"{measured}; DHT nodes see this machine at {string.Join(" and ", strange.Select(static seen => seen.ToString()))}", $"If that is not on purpose: {Forward}")
            : Finding.Ok("port", measured);
    }

    private Finding Certificate(Visit visit)
    {
        var left = visit.NotAfter - time.GetUtcNow();
        return dht.Record is { } record && record.TlsKeyHash != visit.Pin
            ? Finding.Fail("certificate", "its key is not the one that the record names: clients refuse the relay", "Restart the relay; something else may answer at its address.")
            : keys.TlsPin is { } own && own != visit.Pin
                ? Finding.Fail("certificate", "its key is not this relay's: something else answers at its address", Forward)
                : left < TimeSpan.Zero ? Finding.Fail("certificate", $"expired {PlainText.Duration(-left)} ago", "Restart the relay: it makes a new one around the same key.")
                : left < Soon ? Finding.Warn("certificate", $"expires in {PlainText.Duration(left)}", "Restart the relay: it makes a new one around the same key.")
                : Finding.Ok("certificate", $"the record's key, expires in {PlainText.Duration(left)}");
    }

    private Finding Site(Visit visit)
    {
        var measured = $"/ answers {visit.Status} with {PlainText.Size(visit.Bytes)}, a path that is not there {visit.NotFound}";
        return visit.TellsServer ? Finding.Warn("site", $"{measured}; it names its server", "Something between this machine and the relay adds a Server header.")
            : visit.Status != 200 || visit.NotFound != 404
                ? Finding.Warn("site", $"{measured}: that is no ordinary site", options.Tunnel.SiteDirectory is { } site ? $"Put an index.html into '{site}'." : "Restart the relay; something else may answer at its address.")
                : Finding.Ok("site", measured);
    }

    private Finding Free()
    {
        foreach (var (name, endPoint, protocol) in new[]
                 {
                     ("tunnel.listen", options.Tunnel.Listen, ProtocolType.Tcp), ("admin.listen", options.Admin.Listen, ProtocolType.Tcp),
                     ("worker.swarmListen", options.Worker.SwarmListen, ProtocolType.Tcp), ("dht.listen", options.Dht.Listen, ProtocolType.Udp),
                 })
        {
            try
            {
                using var socket = new Socket(
                    endPoint.AddressFamily, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol);
                socket.Bind(endPoint);
            }
            catch (SocketException e)
            {
                return Finding.Fail("port", $"{name} {endPoint} cannot be used: {e.Message}", e.SocketErrorCode switch
                {
                    SocketError.AccessDenied => "Ports below 1024 need a right: run it as the systemd unit does (AmbientCapabilities=CAP_NET_BIND_SERVICE), or choose another port.",
                    SocketError.AddressNotAvailable => "This machine does not have the address: listen on 0.0.0.0 and name the public address in tunnel.publicEndPoints.",
                    _ => "Stop the other program ('ss -lntup' names it), or choose another port.",
                });
            }
        }

        return Finding.Ok("port", "all ports are free; no relay runs");
    }

    private static IPAddress Loopback(IPEndPoint like) => like.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;

    private async Task<Visit> VisitAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var (pin, notAfter) = ((Bytes32?)null, DateTimeOffset.MinValue);
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = DialPatience,
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(address, token);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    // Judged by its key, as clients do; anything is looked at first.
                    if (certificate is not X509Certificate2 shown)
                    {
                        return false;
                    }

                    (pin, notAfter) = (new Bytes32(SHA256.HashData(shown.PublicKey.ExportSubjectPublicKeyInfo())), shown.NotAfter.ToUniversalTime());
                    return true;
                },
            },
        };
        using var http = new HttpClient(handler) { Timeout = DialPatience, MaxResponseContentBufferSize = 16 << 20 };
        var start = time.GetTimestamp();
        try
        {
            var root = new Uri($"https://{options.Tunnel.ServerName}");
            using var home = await http.GetAsync(root, cancellationToken);
            var took = time.GetElapsedTime(start);
            var body = await home.Content.ReadAsByteArrayAsync(cancellationToken);
            using var nothing = await http.GetAsync(new Uri(root, $"/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}"), cancellationToken);
            return new Visit(null, took, pin, notAfter, (int)home.StatusCode, body.Length, home.Headers.Server.Count > 0, (int)nothing.StatusCode);
        }
        catch (HttpRequestException e)
        {
            return Missed(e.InnerException?.Message ?? e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Missed($"no answer within {DialPatience.TotalSeconds:0} s");
        }

        Visit Missed(string why) => new(why.TrimEnd('.'), time.GetElapsedTime(start), pin, notAfter, 0, 0, false, 0);
    }
}
