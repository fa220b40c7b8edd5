using System.Net;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Metering;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace BttProxy.Relay.Routing;

/// <summary>Forwarding to workers, and what of a request and an answer passes on the way.</summary>
internal static class WorkerRoutes
{
    private static readonly string[] ResponseHeaders =
        [HeaderNames.ContentType, HeaderNames.ContentRange, HeaderNames.AcceptRanges, HeaderNames.RetryAfter];

    public static IServiceCollection AddWorkerRoutes(
        this IServiceCollection services, WorkerAddresses addresses, TunnelOptions tunnel, TimeSpan refresh)
    {
        var cluster = new WorkerCluster(addresses, tunnel, refresh);
        services.TryAddSingleton(addresses);
        services.AddSingleton(cluster);
        services.AddMetrics();
        services.TryAddSingleton<RoutingMetrics>();
        services.AddSingleton<ILoadBalancingPolicy, HighestRandomWeightPolicy>();
        services.AddReverseProxy().AddTransforms(ForwardOnlyWhatIsNeeded);
        services.AddSingleton<IProxyConfigProvider>(cluster.Provider);
        services.Configure<KeyManagementOptions>(KeysInMemory.Configure);
        services.AddSingleton<IForwarderHttpClientFactory, WorkerHttpClientFactory>();
        services.TryAddSingleton<HostLookup>(static (host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WorkerLookup>(provider, refresh));
        return services;
    }

    // A worker learns which bytes of which torrent are wanted and nothing about who wants them.
    private static void ForwardOnlyWhatIsNeeded(TransformBuilderContext context)
    {
        var isContent = context.Route.RouteId == WorkerCluster.ContentRoute;
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

            if (WorkerChoice.Of(transform.HttpContext, isContent) is { } choice)
            {
                transform.ProxyRequest.Options.Set(WorkerChoice.Key, choice);
            }

            return ValueTask.CompletedTask;
        });

        // Content goes out without Content-Length: when credit runs out the response can then end cleanly, and Content-Range tells the
        // client what is missing. The other answers keep it.
        context.AddResponseTransform(transform =>
        {
            if (transform.ProxyResponse is { } answer)
            {
                // Without the header the client may reset the stream when it has what it wants, which then is no abort.
                transform.HttpContext.Features.Get<TunnelRequest>()?.PromisedLength = answer.Content.Headers.ContentLength;
                CopyHeaders(answer, transform.HttpContext.Response, withLength: !isContent);
                if (!answer.IsSuccessStatusCode)
                {
                    // A refusal is not content: nobody pays for it.
                    (transform.HttpContext.Features.Get<IHttpResponseBodyFeature>() as MeteredResponse)?.Detach(transform.HttpContext.Features);
                }
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
