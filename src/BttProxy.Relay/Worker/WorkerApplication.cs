using BttProxy.Relay.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BttProxy.Relay.Worker;

/// <summary>The worker's web application: plain HTTP/1.1 on a Unix socket, reached by gateways only.</summary>
internal static class WorkerApplication
{
    // Kestrel's 64 KiB holds back a fast copy between two processes' sockets.
    private const int MaxResponseBuffer = 1024 * 1024;

    public static WebApplication Build(
        string socketPath, WorkerOptions options, TorrentCatalog catalog, TimeProvider time, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(catalog);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxResponseBufferSize = MaxResponseBuffer;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.MapWorker();
        return app;
    }
}
