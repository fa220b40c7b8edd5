using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace BttProxy.Relay.Routing;

/// <summary>The requests that workers answer, as YARP routes to one cluster.</summary>
internal static class WorkerRoutes
{
    public const string ContentRoute = "content";

    private const string ClusterId = "workers";

    private static readonly string[] ResponseHeaders =
        [HeaderNames.ContentType, HeaderNames.ContentRange, HeaderNames.AcceptRanges, HeaderNames.RetryAfter];

    public static IServiceCollection AddWorkerRoutes(this IServiceCollection services, WorkerAddresses addresses, TunnelOptions tunnel)
    {
        services.TryAddSingleton(addresses);
        services.AddSingleton<ILoadBalancingPolicy, HighestRandomWeightPolicy>();
        services.AddReverseProxy()
            .LoadFromMemory(
                [Route("metadata", "/m/{infoHash}"), Route("availability", "/q/{infoHash}"), Route(ContentRoute, "/c/{infoHash}")],
                [Cluster(addresses, tunnel)])
            .AddTransforms(ForwardOnlyWhatIsNeeded);
        services.Configure<KeyManagementOptions>(KeysInMemory.Configure);
        services.AddSingleton<IForwarderHttpClientFactory, WorkerHttpClientFactory>();
        return services;
    }

    private static RouteConfig Route(string id, string path) => new()
    {
        RouteId = id,
        ClusterId = ClusterId,
        Match = new RouteMatch { Path = path, Methods = [HttpMethods.Get, HttpMethods.Head] },
    };

    private static ClusterConfig Cluster(WorkerAddresses addresses, TunnelOptions tunnel) => new()
    {
        ClusterId = ClusterId,
        LoadBalancingPolicy = HighestRandomWeightPolicy.PolicyName,
        Destinations = addresses.Destinations.ToDictionary(d => d.Key, d => new DestinationConfig { Address = d.Value }),
        HttpRequest = new ForwarderRequestConfig
        {
            // Inside a machine or a cluster HTTP/1.1 needs no framing and no second flow control.
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ActivityTimeout = tunnel.StallTimeout,
        },
    };

    // A worker learns which bytes of which torrent are wanted and nothing about who wants them.
    private static void ForwardOnlyWhatIsNeeded(TransformBuilderContext context)
    {
        context.CopyRequestHeaders = false;
        context.UseDefaultForwarders = false;
        context.CopyResponseHeaders = false;
        context.CopyResponseTrailers = false;
        context.AddRequestTransform(transform =>
        {
            if (transform.HttpContext.Request.Headers.TryGetValue(HeaderNames.Range, out var range))
            {
                transform.ProxyRequest.Headers.TryAddWithoutValidation(HeaderNames.Range, (IEnumerable<string?>)range);
            }

            return ValueTask.CompletedTask;
        });

        // Content goes out without Content-Length: when credit runs out the response can then end cleanly, and Content-Range tells the
        // client what is missing. The other answers keep it.
        var isContent = context.Route.RouteId == ContentRoute;
        context.AddResponseTransform(transform =>
        {
            if (transform.ProxyResponse is { } answer)
            {
                // Without the header the client may reset the stream when it has what it wants, which then is no abort.
                transform.HttpContext.Features.Get<TunnelRequest>()?.PromisedLength = answer.Content.Headers.ContentLength;
                CopyHeaders(answer, transform.HttpContext.Response, withLength: !isContent);
            }

            return ValueTask.CompletedTask;
        });
    }

    private static void CopyHeaders(HttpResponseMessage from, HttpResponse to, bool withLength)
    {
        foreach (var name in ResponseHeaders)
        {
            if (from.Headers.NonValidated.TryGetValues(name, out var values)
                || from.Content.Headers.NonValidated.TryGetValues(name, out values))
            {
                to.Headers[name] = values.ToString();
            }
        }

        if (withLength || !from.IsSuccessStatusCode)
        {
            to.ContentLength = from.Content.Headers.ContentLength;
        }
    }
}
