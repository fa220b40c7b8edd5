using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Operations;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Pricing;
using BttProxy.Relay.Routing;
using BttProxy.Relay.Sessions;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;

namespace BttProxy.Relay.Hosting;

/// <summary>The public side of a process: the tunnel's listener, sessions and vouchers, and the operator's socket.</summary>
internal sealed class GatewayRole(RoleContext context, RelayKeys keys, RelayRecordSource records, WebApplication application)
{
    public RelayKeys Keys => keys;

    public RelayRecordSource Records => records;

    public IServiceProvider Services => application.Services;

    public RelayBooksReader Books => Services.GetRequiredService<RelayBooksReader>();

    public static async Task<GatewayRole> StartAsync(
        RoleContext context, RelayKeys keys, RelayLedger ledger, IChannelChain chain, IEnumerable<string> workers, CancellationToken cancellationToken)
    {
        var options = context.Options;
        var tls = context.Add(TlsIdentity.LoadOrCreate(context.State, options.Tunnel.ServerName, context.Time));
        var records = new RelayRecordSource(options, context.Offer, context.Network, keys, tls, keys.PayeeOf(options.Offer), context.Time);
        var application = context.Add(GatewayApplication.Build(options, tls, new WorkerAddresses(workers), context.Time, services =>
        {
            services.AddSingleton(context.Loggers);
            services.AddSingleton(context.Time);
            services.AddSingleton(context.Metrics);
            services.AddSingleton(options);
            services.AddSingleton(context.Offer);
            services.AddSingleton(context.Policy);
            services.AddSingleton(context.Running);
            services.AddSingleton(context.Lifetime);
            services.AddSingleton(keys);
            services.AddSingleton(records);
            services.AddSingleton(ledger);
            services.AddSingleton(chain);
            services.AddSessions(options, context.Network, records, keys);
            services.AddSettlement(options.Settlement);
            services.AddOperations();
        }));
        var role = new GatewayRole(context, keys, records, application);
        await ledger.EndSessionsAsync(cancellationToken);
        await role.Services.GetRequiredService<ExposureWatch>().LookAsync(cancellationToken);
        await role.WatchQuotasAsync(cancellationToken);
        await role.ListenAsync(tls, cancellationToken);
        return role;
    }

    /// <summary>What runs beside the listener.</summary>
    public async Task StartBackgroundAsync(CancellationToken cancellationToken)
    {
        await context.StartBackgroundAsync(Services.GetRequiredService<ChainWatch>(), cancellationToken);
        await context.StartBackgroundAsync(Services.GetRequiredService<SessionSweeper>(), cancellationToken);
        await context.StartBackgroundAsync(Services.GetRequiredService<PriceClock>(), cancellationToken);
        if (!context.Options.Has(RelayRole.Settler))
        {
            await context.StartBackgroundAsync(Services.GetRequiredService<ExposureWatch>(), cancellationToken);
        }
    }

    /// <summary>Why it takes no new sessions; null when it does.</summary>
    public string? Unready => Services.GetRequiredService<ChainWatch>().IsFresh
        ? Services.GetRequiredService<Hibernation>().Reason
        : "the chain does not answer";

    /// <summary>Running responses end within the drain time, then sessions end and the listener closes.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var sessions = Services.GetRequiredService<SessionRegistry>();
        await sessions.DrainAsync(context.Options.Tunnel.DrainTimeout, context.Time, cancellationToken);

        // Sessions first: their responses then end cleanly, while a stopping server would reset them.
        var closer = Services.GetRequiredService<SessionCloser>();
        foreach (var session in sessions.All)
        {
            await closer.CloseAsync(session, CancellationToken.None);
        }

        await application.StopAsync(cancellationToken);
    }

    // Before the first client: a restart does not give the day's traffic anew.
    private async Task WatchQuotasAsync(CancellationToken cancellationToken)
    {
        var (hibernation, watch) = (Services.GetRequiredService<Hibernation>(), Services.GetRequiredService<QuotaWatch>());
        records.HideWhile(() => hibernation.IsOn);
        hibernation.Changed += context.Offer.NotifyChanged;
        await context.StartBackgroundAsync(watch, cancellationToken);
        context.Running.Quotas = () => watch.Use;
        context.Running.Hibernation = hibernation;
    }

    private async Task ListenAsync(TlsIdentity tls, CancellationToken cancellationToken)
    {
        var lookup = Services.GetRequiredService<WorkerLookup>();
        await lookup.LookAsync(cancellationToken);
        await context.StartBackgroundAsync(lookup, cancellationToken);
        await Listening.TryAsync("Tunnel.Listen", context.Options.Tunnel.Listen, () => application.StartAsync(cancellationToken));
        RelayGauges.Observe(Services, tls, context.Meters);
        records.SetListeningEndPoint(Listening.EndPointOf(application));
        context.Running.Record = records.Build;
    }
}
