using System.Net.Sockets;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;

namespace BttProxy.Relay.Routing;

/// <summary>
/// Connects to workers: <c>unix:/path</c> destinations over their Unix socket, others over TCP. A Unix destination appears to YARP as
/// <c>http://NAME.worker.invalid</c>, whose first label is the key of the path.
/// </summary>
internal sealed class WorkerHttpClientFactory(
    WorkerAddresses addresses, IDestinationHealthUpdater health, RoutingMetrics metrics, ILogger<WorkerFailover> logger) : ForwarderHttpClientFactory
{
    // Workers are near: one that does not answer by then has lost its machine, and the next one is asked.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = ConnectTimeout;
        handler.ConnectCallback = ConnectAsync;

        // WorkerFailover says what workers are to know of a trace.
        handler.ActivityHeadersPropagator = null;
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new WorkerFailover(handler, health, metrics, logger);

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
