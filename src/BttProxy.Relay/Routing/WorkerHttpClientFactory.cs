using System.Net.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace BttProxy.Relay.Routing;

/// <summary>
/// Connects to workers: <c>unix:/path</c> destinations over their Unix socket, others over TCP. A Unix destination appears to YARP as
/// <c>http://NAME.worker.invalid</c>, whose first label is the key of the path.
/// </summary>
internal sealed class WorkerHttpClientFactory(WorkerAddresses addresses) : ForwarderHttpClientFactory
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectCallback = ConnectAsync;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var path = addresses.SocketPath(context.DnsEndPoint.Host);
        var socket = path is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(path is null ? context.DnsEndPoint : new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
