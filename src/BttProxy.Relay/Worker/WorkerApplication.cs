using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Pricing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BttProxy.Relay.Worker;

/// <summary>The worker's web application: plain HTTP/1.1, reached by gateways only.</summary>
internal static class WorkerApplication
{
    // Kestrel's 64 KiB holds back a fast copy between two processes' sockets.
    private const int MaxResponseBuffer = 1024 * 1024;

    public static WebApplication Build(
        WorkerListen listen, TimeSpan drainTimeout, TorrentCatalog catalog, CurrentOffer offer, RelayMetrics metrics, RelayLifetime lifetime,
        TimeProvider time, ILoggerFactory loggers)
    {
        metrics.WatchOverload(OverloadCause.Torrents, () => catalog.IsFull);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(offer);
        builder.Services.AddSingleton(metrics);
        builder.Services.AddSingleton(lifetime);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drainTimeout);
        builder.Services.AddSingleton<ContentCopy>();
        builder.Services.AddSingleton(catalog);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxResponseBufferSize = MaxResponseBuffer;
            kestrel.Limits.MinResponseDataRate = null;
            if (listen.SocketPath is { } path)
            {
                kestrel.ListenUnixSocket(path, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            }
            else
            {
                kestrel.Listen(listen.EndPoint!, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            }
        });
        var app = builder.Build();
        app.UseMiddleware<TracingMiddleware>();
        app.MapWorker();
        return app;
    }
}
