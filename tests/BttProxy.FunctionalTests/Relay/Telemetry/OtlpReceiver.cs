using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace BttProxy.FunctionalTests.Relay.Telemetry;

/// <summary>An OTLP collector: gRPC on HTTP/2 without TLS, or protocol buffers in HTTP/1.1 requests.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int GrpcPrefix = 5;

    private readonly WebApplication _application;

    private OtlpReceiver(WebApplication application, bool isGrpc)
    {
        _application = application;
        if (isGrpc)
        {
            application.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", context => TakeGrpcAsync(context, Traces));
            application.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", context => TakeGrpcAsync(context, Metrics));
        }
        else
        {
            application.MapPost("/base/v1/traces", context => TakeHttpAsync(context, Traces));
            application.MapPost("/base/v1/metrics", context => TakeHttpAsync(context, Metrics));
        }
    }

    /// <summary>All requests, as they came.</summary>
    public ConcurrentQueue<byte[]> Traces { get; } = [];

    public ConcurrentQueue<byte[]> Metrics { get; } = [];

    /// <summary>What each request said in its authorization header.</summary>
    public ConcurrentQueue<string> Authorizations { get; } = [];

    public Uri Address => new(_application.Urls.First());

    public IReadOnlyList<ReceivedSpan> Spans => [.. Traces.SelectMany(static request => ReceivedSpan.Of(ProtoMessage.Parse(request)))];

    public IReadOnlyList<ReceivedPoint> Points => [.. Metrics.SelectMany(static request => ReceivedPoint.Of(ProtoMessage.Parse(request)))];

    public static async Task<OtlpReceiver> StartAsync(bool isGrpc, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var receiver = new OtlpReceiver(builder.Build(), isGrpc);
        await receiver._application.StartAsync(cancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task TakeGrpcAsync(HttpContext context, ConcurrentQueue<byte[]> requests)
    {
        // One message, behind a byte that tells whether it is compressed and its length.
        var body = await BodyAsync(context);
        if (body[0] != 0 || BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)) != body.Length - GrpcPrefix)
        {
            throw new FormatException("No single uncompressed message.");
        }

        requests.Enqueue(body[GrpcPrefix..]);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[GrpcPrefix], context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private async Task TakeHttpAsync(HttpContext context, ConcurrentQueue<byte[]> requests)
    {
        requests.Enqueue(await BodyAsync(context));
        context.Response.ContentType = "application/x-protobuf";
    }

    private async Task<byte[]> BodyAsync(HttpContext context)
    {
        Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }
}
