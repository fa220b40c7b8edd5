using System.Diagnostics;
using Yarp.ReverseProxy.Forwarder;

namespace BttProxy.Relay.Observability;

/// <summary>A span around each request of a <see cref="TracedRequest"/>. Runs after routing, which finds the mark.</summary>
internal sealed class TracingMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        RelayTracing.IsOn && context.GetEndpoint()?.Metadata.GetMetadata<TracedRequest>() is { } traced ? TraceAsync(context, traced) : next(context);

    private async Task TraceAsync(HttpContext context, TracedRequest traced)
    {
        using var span = RelayTracing.StartRequest(traced.Name, traced.IsFromGateway ? RelayTracing.ParentOf(context.Request.Headers) : default);
        try
        {
            await next(context);
        }
        catch
        {
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            if (span is { IsAllDataRequested: true })
            {
                Describe(span, context);
            }
        }
    }

    private static void Describe(Activity span, HttpContext context)
    {
        var status = context.Response.StatusCode;
        span.SetTag("http.request.method", context.Request.Method);
        span.SetTag("http.response.status_code", status);
        span.SetTag("network.protocol.version", HttpProtocol.IsHttp2(context.Request.Protocol) ? "2" : "1.1");
        if (context.Features.Get<IForwarderErrorFeature>() is { } failure)
        {
            span.SetTag("error.type", LabelValue.Of(failure.Error));
        }

        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
