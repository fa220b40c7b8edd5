using System.Net;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;

namespace BttProxy.Relay.Observability;

/// <summary>The operator's side door: Prometheus metrics, health, books, and the record as clients get it.</summary>
internal static class AdminApplication
{
    public static WebApplication Build(IPEndPoint listen, ILoggerFactory loggers, RelayBooksReader? books, RelayRecordSource? records, bool isPublic, RelayHealth health)
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
            kestrel.Limits.MaxRequestBodySize = SignedRelayRecord.MaxEncodedLength;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Listen(listen, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Services.GetRequiredService<ZeroSeries>();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapGet("/healthz", () => Verdict(health.Dead));
        app.MapGet("/readyz", () => Verdict(health.Unready));
        if (records is not null)
        {
            app.MapGet("/record", () => Results.Bytes(records.Current.Encode())).AddEndpointFilter(OnlyFromHereAsync);
            MapAnnounced(app, records, isPublic);
        }

        if (books is not null)
        {
            app.MapGet("/books", async (CancellationToken cancellationToken) =>
                Results.Text((await books.ReadAsync(cancellationToken)).ToJson(), "application/json")).AddEndpointFilter(OnlyFromHereAsync);
        }

        return app;
    }

    /// <summary>With <c>admin.allowRemote</c> others reach the port, but see no books, and the record only of a relay that announces itself.</summary>
    public static bool IsFromHere(IPAddress? remote) =>
        remote is not null && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote);

    // A public relay's record is in the DHT for everybody, and a newer one has to be signed by us.
    private static void MapAnnounced(WebApplication app, RelayRecordSource records, bool isPublic)
    {
        var announced = app.MapGroup("");
        announced.MapGet(GatewayRecord.Path, async (CancellationToken cancellationToken) =>
            await records.CurrentAsync(cancellationToken) is { } record ? Results.Bytes(record.Encode()) : Results.NotFound());
        announced.MapPost(GatewayRecord.Path, async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            if (!SignedRelayRecord.TryDecode(body.ToArray(), out var newer))
            {
                return Results.BadRequest();
            }

            await records.OvertakeAsync(newer, context.RequestAborted);
            return Results.NoContent();
        });
        if (!isPublic)
        {
            announced.AddEndpointFilter(OnlyFromHereAsync);
        }
    }

    private static IResult Verdict(string? trouble) =>
        trouble is null ? Results.Text("ok") : Results.Text(trouble, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static ValueTask<object?> OnlyFromHereAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsFromHere(context.HttpContext.Connection.RemoteIpAddress) ? next(context) : ValueTask.FromResult<object?>(Results.NotFound());
}
