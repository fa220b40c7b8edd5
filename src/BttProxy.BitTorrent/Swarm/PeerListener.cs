using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Takes incoming connections and hands each to the torrent that it names.</summary>
/// <param name="context">What all torrents share.</param>
/// <param name="find">The torrent of a name.</param>
/// <param name="names">All names of all torrents, by which an encrypted handshake is understood.</param>
internal sealed class PeerListener(SwarmContext context, Func<InfoHash, TorrentPeers?> find, Func<IEnumerable<InfoHash>> names) : IDisposable
{
    private const int Backlog = 128;
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(100);

    private readonly List<Socket> _sockets = [];

    public IPEndPoint LocalEndPoint => (IPEndPoint)_sockets[0].LocalEndPoint!;

    /// <summary>One of each family at which we listen, a socket for both being two.</summary>
    public IEnumerable<IPEndPoint> LocalEndPoints => _sockets.Select(static socket => (IPEndPoint)socket.LocalEndPoint!)
        .Concat(IsDual ? [new IPEndPoint(IPAddress.Any, LocalEndPoint.Port)] : []);

    private bool IsDual => context.Options.ListenIPv6 is null && context.Options.Listen.Address.Equals(IPAddress.IPv6Any);

    public IPEndPoint Start()
    {
        Listen(context.Options.Listen);
        if (context.Options.ListenIPv6 is { } second)
        {
            Listen(second.Port == 0 ? new IPEndPoint(second.Address, LocalEndPoint.Port) : second);
        }
        return LocalEndPoint;
    }

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(_sockets.Select(socket => AcceptAsync(socket, cancellationToken)));

    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());

    private void Listen(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = IsDual;
        }
        socket.Bind(endPoint);
        if (context.Options.Transports != PeerTransports.Utp)
        {
            // Without this the port is ours, so that the UDP port of the same number most likely is free, and nobody can connect.
            socket.Listen(Backlog);
        }
    }

    private async Task AcceptAsync(Socket socket, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                TakeIn(await socket.AcceptAsync(cancellationToken));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A caller that hung up in the queue, or too many open files: the listener itself goes on.
                await Task.Delay(ErrorPause, context.TimeProvider, cancellationToken);
            }
        }
    }

    /// <summary>Serves a connection that somebody opened, over whatever transport, or turns it away; it is disposed in the end.</summary>
    public void TakeIn(Stream stream, IPEndPoint endPoint)
    {
        if (!context.Incoming.TryTake())
        {
            Refuse(stream);
        }
        else if (!context.Connections.TryTake())
        {
            context.Incoming.Return();
            Refuse(stream);
        }
        else
        {
            context.Tasks.Run(stopping => ServeAsync(stream, endPoint, stopping));
        }
    }

    private void TakeIn(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            TakeIn(new NetworkStream(socket, ownsSocket: true), ((IPEndPoint)socket.RemoteEndPoint!).Unmapped());
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // A caller that hung up in the queue.
            socket.Dispose();
        }
    }

    private void Refuse(Stream stream)
    {
        context.LastTurnedAwayAt = context.Clock.Now;
        context.Metrics.PeerRefused(DropReason.TooManyPeers);
        stream.Dispose();
    }

    private async Task ServeAsync(Stream stream, IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        IPAddress? counted = null;
        try
        {
            if (!context.IncomingByAddress.TryTake(endPoint.Address))
            {
                throw new HandshakeException(DropReason.TooManyPeers);
            }
            counted = endPoint.Address;
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(context.Options.HandshakeTimeout);
            var (opened, handshake) = await new PeerHandshake(stream, context.Options.Encryption, timeout.Token, cancellationToken).TakeAsync(names);
            var peers = find(handshake.InfoHash) ?? throw new HandshakeException(DropReason.HandshakeFailed);
            await peers.AcceptAsync(opened, endPoint, handshake, timeout.Token);
        }
        catch (HandshakeException exception)
        {
            context.Metrics.PeerRefused(exception.Reason);
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            // A stranger that went away in between.
        }
        finally
        {
            await stream.DisposeAsync();
            if (counted is not null)
            {
                context.IncomingByAddress.Return(counted);
            }
            context.Incoming.Return();
            context.Connections.Return();
        }
    }
}
