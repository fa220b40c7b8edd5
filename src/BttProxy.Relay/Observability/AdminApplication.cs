using System.Net;
using BttProxy.Relay.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;

namespace BttProxy.Relay.Observability;

/// <summary>The operator's side door on loopback: Prometheus metrics, health, books, and the record as clients get it.</summary>
internal static class AdminApplication
{
    public static WebApplication Build(IPEndPoint listen, ILoggerFactory loggers, RelayBooksReader? books, Func<byte[]>? record, Func<string?> unready)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenTelemetry().ConfigureResource(RelayResource.Describe).WithMetrics(metrics => metrics.AddRelayInstruments().AddPrometheusExporter());
        builder.Services.AddSingleton<ZeroSeries>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Listen(listen, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Services.GetRequiredService<ZeroSeries>();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapGet("/healthz", () => "ok");
        app.MapGet("/readyz", () => unready() is { } reason
            ? Results.Text(reason, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok"));
        if (record is not null)
        {
            app.MapGet("/record", () => Results.Bytes(record()));
        }

        if (books is not null)
        {
            app.MapGet("/books", async (CancellationToken cancellationToken) =>
                Results.Text((await books.ReadAsync(cancellationToken)).ToJson(), "application/json"));
        }

        return app;
    }
}
