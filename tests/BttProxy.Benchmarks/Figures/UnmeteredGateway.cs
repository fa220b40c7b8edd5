using System.Net;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BttProxy.Benchmarks.Figures;

/// <summary>A relay's listener, routes and forwarder in front of the same worker, with no token, session or meter.</summary>
internal sealed class UnmeteredGateway(WebApplication application, TlsIdentity tls) : IAsyncDisposable
{
    public IPEndPoint EndPoint => Listening.EndPointOf(application);

    public static async Task<UnmeteredGateway> StartAsync(RelayOptions options, CancellationToken cancellationToken)
    {
        var state = StateDirectory.Open(options.StateDirectory);
        var tls = TlsIdentity.LoadOrCreate(state, options.Tunnel.ServerName, TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRouting();
        builder.Services.AddWorkerRoutes(new WorkerAddresses([$"unix:{state.PathOf("worker.sock")}"]), options.Tunnel, options.Worker.Refresh);
        builder.WebHost.UseKestrel(kestrel => KestrelSetup.Configure(kestrel, options.Tunnel, tls));
        var application = builder.Build();
        application.MapReverseProxy(static proxy => proxy.UseLoadBalancing());
        await application.StartAsync(cancellationToken);
        return new UnmeteredGateway(application, tls);
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(CancellationToken.None);
        await application.DisposeAsync();
        tls.Dispose();
    }
}
