using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Backup;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Operations;
using BttProxy.Relay.Sessions;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;

namespace BttProxy.Relay.Hosting;

/// <summary>
/// Turns vouchers into money, keeps their backups, and compares the ledger with the chain. Beside a gateway, or apart on the same state
/// directory: the ledger is all that the two share.
/// </summary>
internal sealed class SettlerRole(RoleContext context, IServiceProvider services)
{
    // A final claim that takes longer is left to the next start: it stays in the outbox.
    private static readonly TimeSpan FinalClaimTimeout = TimeSpan.FromSeconds(5);

    public SettlementWorker Settlement => services.GetRequiredService<SettlementWorker>();

    public IServiceProvider Services => services;

    /// <summary>Why a settler apart does nothing at the moment; null when it does.</summary>
    public string? Unready => Settlement.IsFailing ? "the chain or the ledger failed at the last look" : null;

    public static async Task<SettlerRole> StartAsync(
        RoleContext context, RelayKeys keys, RelayLedger ledger, IServiceProvider services, CancellationToken cancellationToken)
    {
        services.GetRequiredService<SettlementMetrics>().Begin();
        await context.StartBackgroundAsync(services.GetRequiredService<SettlementWorker>(), cancellationToken);
        await context.StartBackgroundAsync(services.GetRequiredService<ClosingWatch>(), cancellationToken);
        await context.StartBackgroundAsync(services.GetRequiredService<OpeningFeeWatch>(), cancellationToken);
        await context.StartBackgroundAsync(services.GetRequiredService<ChainReconciler>(), cancellationToken);
        await StartBackupAsync(context, keys, ledger, cancellationToken);
        return new SettlerRole(context, services);
    }

    /// <summary>What a settler needs that has no gateway in its process.</summary>
    public static IServiceProvider ServicesApart(RoleContext context, RelayKeys keys, RelayLedger ledger, IChannelChain chain)
    {
        var services = new ServiceCollection();
        services.AddSingleton(context.Loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(context.Metrics);
        services.AddSingleton(context.Running);
        services.AddSingleton(keys);
        services.AddSingleton(ledger);
        services.AddSingleton(chain);
        services.AddSingleton(SessionServices.PolicyOf(context.Options, context.Network, keys.PayeeOf(context.Options.Offer), keys));
        services.AddBooks(context.Options, context.Offer, context.Time);
        return context.Add(services.BuildServiceProvider());
    }

    /// <summary>A last claim.</summary>
    public async Task StopAsync()
    {
        using var limit = new CancellationTokenSource(FinalClaimTimeout, context.Time);
        try
        {
            await Settlement.ClaimLastAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // The outbox goes on at the next start.
        }
    }

    private static async Task StartBackupAsync(RoleContext context, RelayKeys keys, RelayLedger ledger, CancellationToken cancellationToken)
    {
        var options = context.Options.Backup;
        var dht = options.Dht ? await context.StartDhtAsync(cancellationToken) : null;
        var sealing = context.Add(BackupKeys.Derive(keys.Authorizer, context.Network.Domain));
        var targets = BackupSetup.Targets(options, sealing, dht, context.Time);
        if (targets.Count > 0)
        {
            await context.StartBackgroundAsync(
                BackupSetup.Worker(options, targets, ledger, context.Meters, context.Loggers, context.Time), cancellationToken);
        }
    }
}
