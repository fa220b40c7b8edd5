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

    private readonly Socket _socket = new(context.Options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public IPEndPoint Start()
    {
        _socket.Bind(context.Options.Listen);
        _socket.Listen(Backlog);
        return LocalEndPoint;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                TakeIn(await _socket.AcceptAsync(cancellationToken));
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

    public void Dispose() => _socket.Dispose();

    private void TakeIn(Socket socket)
    {
        if (!context.Incoming.TryTake())
        {
            Refuse(socket);
        }
        else if (!context.Connections.TryTake())
        {
            context.Incoming.Return();
            Refuse(socket);
        }
        else
        {
            context.Tasks.Run(stopping => ServeAsync(socket, stopping));
        }
    }

    private void Refuse(Socket socket)
    {
        context.LastTurnedAwayAt = context.Clock.Now;
        context.Metrics.PeerRefused(DropReason.TooManyPeers);
        socket.Dispose();
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        IPAddress? counted = null;
        try
        {
            socket.NoDelay = true;
            var endPoint = (IPEndPoint)socket.RemoteEndPoint!;
            if (!context.IncomingByAddress.TryTake(endPoint.Address))
            {
                throw new HandshakeException(DropReason.TooManyPeers);
            }
            counted = endPoint.Address;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
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
            socket.Dispose();
            if (counted is not null)
            {
                context.IncomingByAddress.Return(counted);
            }
            context.Incoming.Return();
            context.Connections.Return();
        }
    }
}
