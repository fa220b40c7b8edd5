using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Takes incoming connections and hands each to the torrent that it names.</summary>
internal sealed class PeerListener(SwarmContext context, Func<InfoHash, TorrentPeers?> find) : IDisposable
{
    private const int Backlog = 128;

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
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var socket = await _socket.AcceptAsync(cancellationToken);
                if (context.Connections.TryTake())
                {
                    context.Tasks.Run(stopping => ServeAsync(socket, stopping));
                }
                else
                {
                    socket.Dispose();
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The listener was closed.
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            socket.NoDelay = true;
            var endPoint = (IPEndPoint)socket.RemoteEndPoint!;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var buffer = new byte[Handshake.Length];
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(context.Options.HandshakeTimeout);
            await stream.ReadExactlyAsync(buffer, timeout.Token);
            if (Handshake.TryParse(buffer, out var handshake) && find(handshake.InfoHash) is { } peers)
            {
                await peers.AcceptAsync(stream, endPoint, handshake, timeout.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            // A stranger that did not finish its handshake.
        }
        finally
        {
            socket.Dispose();
            context.Connections.Return();
        }
    }
}
