using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>Resolves a name and lets only addresses through that the connect guard allows.</summary>
internal static class GuardedDial
{
    /// <exception cref="TrackerException">The name has no address, or none that may be dialled.</exception>
    public static async Task<IPEndPoint> ResolveAsync(ConnectGuard guard, string host, int port, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException failure)
        {
            throw new TrackerException($"{host} has no address: {failure.Message}", failure);
        }
        var refused = ConnectRefusal.None;
        foreach (var address in addresses)
        {
            if (guard.Allows(new IPEndPoint(address, port), out refused))
            {
                return new IPEndPoint(address, port);
            }
        }
        throw new TrackerException($"{host}:{port} may not be dialled ({refused})");
    }

    /// <summary>How an HTTP handler connects: every connection, those after a redirect included, passes here.</summary>
    public static async ValueTask<Stream> ConnectAsync(
        ConnectGuard guard, ListenAddresses listen, DnsEndPoint target, CancellationToken cancellationToken)
    {
        var endPoint = await ResolveAsync(guard, target.Host, target.Port, cancellationToken);
        var socket = OutgoingSocket.Create(endPoint, SocketType.Stream, ProtocolType.Tcp, listen);
        socket.NoDelay = true;
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
