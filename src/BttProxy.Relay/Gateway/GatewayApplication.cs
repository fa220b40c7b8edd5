using System.Diagnostics;
using BttProxy.Protocol.Tunnel;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Metering;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Routing;
using BttProxy.Relay.Sessions;

namespace BttProxy.Relay.Gateway;

/// <summary>The public web application. Middleware order stands here, with the reason beside each line.</summary>
internal static class GatewayApplication
{
    public static WebApplication Build(
        RelayOptions options, TlsIdentity tls, WorkerAddresses workers, TimeProvider time, Action<IServiceCollection> addShared)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.AddWorkerRoutes(workers, options.Tunnel, options.Worker.Refresh);
        builder.Services.AddSingleton(new ReplaySet<UInt128>(PathToken.MaxLifetime, time));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Tunnel.DrainTimeout);
        builder.Services.AddSingleton<DistributedContextPropagator>(new NoTraceOfClients());
        addShared(builder.Services);
        builder.WebHost.UseKestrel(kestrel => KestrelSetup.Configure(kestrel, options.Tunnel, tls));
        var app = builder.Build();
        var site = DecoySite.Build(app.Services, options.Tunnel.SiteDirectory);

        // First: without a token nothing behind this line exists.
        app.UseMiddleware<PathTokenMiddleware>(site);

        // After the token, because it has taken the first segment away.
        app.UseRouting();

        // After routing, which knows what the request is; around all that takes time.
        app.UseMiddleware<TracingMiddleware>();
        app.MapSessions();
        app.MapReverseProxy(proxy =>
        {
            // The session first: the load balancer needs the info-hash that it reads.
            proxy.UseMiddleware<PaidRequestMiddleware>();
            proxy.UseMiddleware<WorkerFailureMiddleware>();
            proxy.UseLoadBalancing();

            // Last before the forwarder, and only for content.
            proxy.UseWhen(IsContent, content => content.UseMiddleware<MeteringMiddleware>());
        }).ConfigureEndpoints(static (endpoint, route) => endpoint.WithMetadata(new TracedRequest(WorkerCluster.SpanOf(route), IsFromGateway: false)));
        app.MapFallback(site);
        return app;
    }

    private static bool IsContent(HttpContext context) => context.GetReverseProxyFeature().Route.Config.RouteId == WorkerCluster.ContentRoute;
}
