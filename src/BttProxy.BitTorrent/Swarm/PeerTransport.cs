using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Opens connections to peers over TCP or uTP, if the guard allows the address.</summary>
internal static class PeerTransport
{
    /// <param name="context">The engine's options and its uTP endpoint.</param>
    /// <param name="endPoint">The peer.</param>
    /// <param name="failures">How often in a row it could not be reached: where both transports are allowed, they take turns.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DialRefusedException">The guard does not allow the address.</exception>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public static async Task<Stream> ConnectAsync(SwarmContext context, IPEndPoint endPoint, int failures, CancellationToken cancellationToken)
    {
        if (!context.Options.ConnectGuard.Allows(endPoint, out var refusal))
        {
            throw new DialRefusedException(refusal);
        }
        using var connect = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Linked sources know no TimeProvider; network timeouts are real time anyway.
        connect.CancelAfter(context.Options.ConnectTimeout);
        var prefersUtp = context.Options.Transports == PeerTransports.Utp || failures % 2 == 1;
        if (prefersUtp && context.Utp.Find(utp => utp.Family == endPoint.AddressFamily) is { } utp)
        {
            return await utp.ConnectAsync(endPoint, connect.Token);
        }
        if (context.Options.Transports == PeerTransports.Utp)
        {
            throw new SocketException((int)SocketError.AddressFamilyNotSupported);
        }
        var socket = OutgoingSocket.Create(endPoint, SocketType.Stream, ProtocolType.Tcp, context.Options.ListenAddresses);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(endPoint, connect.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
