using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Backup;

/// <summary>
/// Keeps the backups up to date beside the relay's work. It reads the ledger through its own connection, so that no voucher waits for it;
/// a backup that fails is tried again, said, and counted, and never stops the relay.
/// </summary>
internal sealed partial class VoucherBackupWorker : WatchedLoop
{
    // A last backup that takes longer is left out: the ledger itself is still there.
    private static readonly TimeSpan LastRound = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<(IBackupTarget Target, BackupSchedule Schedule)> _targets;
    private readonly RelayLedger _ledger;
    private readonly VoucherBackup _backup;
    private readonly BackupMetrics _metrics;
    private readonly PeriodicTimer _timer;
    private readonly TimeProvider _time;
    private readonly ILogger<VoucherBackupWorker> _logger;

    public VoucherBackupWorker(
        IReadOnlyList<IBackupTarget> targets, RelayLedger ledger, TokenAmount minValue, TimeSpan interval, BackupMetrics metrics,
        TimeProvider time, ILogger<VoucherBackupWorker> logger)
        : base(RelayLoop.VoucherBackup, interval, time)
    {
        _targets = [.. targets.Select(target => (target, new BackupSchedule(minValue, time)))];
        _ledger = ledger;
        _backup = new VoucherBackup(ledger, minValue);
        _metrics = metrics;
        _timer = new PeriodicTimer(interval, time);
        _time = time;
        _logger = logger;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var limit = new CancellationTokenSource(LastRound, _time);
        await RunAsync((schedule, unclaimed) => schedule.HasRisen(unclaimed), limit.Token);
    }

    public override void Dispose()
    {
        base.Dispose();
        _timer.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not at once: a relay that starts has to be found first, and a node of the DHT is asked only so often.
        while (await _timer.WaitForNextTickAsync(stoppingToken))
        {
            Turn();
            await RunAsync((schedule, unclaimed) => schedule.IsDue(unclaimed), stoppingToken);
        }
    }

    // Side by side: a slow DHT does not keep a directory waiting.
    private Task RunAsync(Func<BackupSchedule, List<UnclaimedVoucher>, bool> isDue, CancellationToken cancellationToken) =>
        Task.WhenAll(_targets.Select(entry => RunAsync(entry.Target, entry.Schedule, isDue, cancellationToken)));

    private async Task RunAsync(
        IBackupTarget target, BackupSchedule schedule, Func<BackupSchedule, List<UnclaimedVoucher>, bool> isDue, CancellationToken cancellationToken)
    {
        try
        {
            if (!isDue(schedule, await _ledger.UnclaimedVouchersAsync(cancellationToken)))
            {
                _metrics.UpToDate(target.Kind, _time.GetTimestamp());
                return;
            }

            var refresh = schedule.IsRefreshDue;
            var outcome = await _backup.RunAsync(target, refresh, cancellationToken);
            schedule.Succeeded(outcome, refresh);
            Report(target.Kind, outcome);
            _metrics.Succeeded(target.Kind, outcome, _time.GetTimestamp());
        }
        catch (Exception e)
        {
            schedule.Failed();
            if (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(target.Kind, e.Message);
                _metrics.Failed(target.Kind);
            }
        }
    }

    private void Report(BackupTargetKind target, VoucherBackup.Outcome outcome)
    {
        LogDone(target, outcome.Stored.Length);
        if (outcome.Ahead.Length > 0)
        {
            LogAhead(target, outcome.Ahead.Length);
        }

        if (outcome.LeftOut.Length > 0)
        {
            LogLeftOut(target, outcome.LeftOut.Length);
        }

        if (outcome.Unreadable > 0)
        {
            LogUnreadable(target, outcome.Unreadable);
        }
    }
}
