using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Backup;
using BttProxy.Relay.Settlement;

namespace BttProxy.Relay.Hosting;

/// <summary>Turns vouchers into money, keeps their backups, and compares the ledger with the chain.</summary>
internal sealed class SettlerRole(RoleContext context, IServiceProvider services)
{
    // A final claim that takes longer is left to the next start: it stays in the outbox.
    private static readonly TimeSpan FinalClaimTimeout = TimeSpan.FromSeconds(5);

    public SettlementWorker Settlement => services.GetRequiredService<SettlementWorker>();

    public static async Task<SettlerRole> StartAsync(
        RoleContext context, RelayKeys keys, RelayLedger ledger, IServiceProvider services, CancellationToken cancellationToken)
    {
        await context.StartBackgroundAsync(services.GetRequiredService<SettlementWorker>(), cancellationToken);
        await context.StartBackgroundAsync(services.GetRequiredService<ClosingWatch>(), cancellationToken);
        await context.StartBackgroundAsync(services.GetRequiredService<OpeningFeeWatch>(), cancellationToken);
        await context.StartBackgroundAsync(services.GetRequiredService<ChainReconciler>(), cancellationToken);
        await StartBackupAsync(context, keys, ledger, cancellationToken);
        return new SettlerRole(context, services);
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
