using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// Compares the whole ledger with the chain now and then: events that were missed, claims by others, closes behind the relay's back, and
/// withdraws of payers who have no session.
/// </summary>
internal sealed partial class ChainReconciler(
    IChannelChain chain, RelayLedger ledger, Exposure exposure, SettlementSignal settlement, SettlementMetrics metrics, SettlementOptions options,
    TimeProvider time, ILogger<ChainReconciler> logger) : WatchedLoop(RelayLoop.Reconciler, options.ReconcileInterval, time)
{
    private const int Page = 256;

    /// <exception cref="ChainException">The chain cannot be asked; what was compared by then is written down.</exception>
    public async Task<ReconcileReport> RunOnceAsync(CancellationToken cancellationToken)
    {
        var report = new ReconcileReport(0, 0, 0, 0);
        ChannelId? after = null;
        for (var more = true; more;)
        {
            var page = await ledger.ChannelStatesAsync(after, Page, cancellationToken);
            foreach (var known in page.Where(static channel => channel.OnChain.Reserved > TokenAmount.Zero || channel.Accepted > TokenAmount.Zero))
            {
                report = await CompareAsync(known, report, cancellationToken);
            }

            (after, more) = (page.Count == 0 ? after : page[^1].Id, page.Count == Page);
        }

        exposure.Set(await ledger.UnclaimedByPayerAsync(cancellationToken));
        metrics.Reconciled(report);
        return report;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.ReconcileInterval, Time);
        do
        {
            Turn();
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<ReconcileReport> CompareAsync(RelayChannelState known, ReconcileReport report, CancellationToken cancellationToken)
    {
        Turn();
        report = report with { Channels = report.Channels + 1 };
        if (await chain.ChannelAsync(known.Id, cancellationToken) is not { } now)
        {
            LogMissing(known.Id);
            return report with { Missing = report.Missing + 1 };
        }

        if (now.Epoch > known.OnChain.Epoch && await ledger.FindClosingAsync(known.Id, cancellationToken) is not null)
        {
            // By a close that we agreed to: whoever sent it writes it down.
            return report;
        }

        await ledger.SaveChannelAsync(
            known.Id, known.Terms, new OnChainState(now.Epoch, now.Reserved, now.Claimed, now.WithdrawAt), cancellationToken);
        if (now.Epoch > known.OnChain.Epoch)
        {
            var lost = known.Accepted.SubtractSaturating(known.OnChain.Claimed);
            LogClosed(known.Id, lost);
            metrics.Lost(lost);
            return report with { Closed = report.Closed + 1 };
        }

        if (now.WithdrawAt is not null && known.OnChain.WithdrawAt is null)
        {
            settlement.SessionClosed(known.Id);
        }

        return now.Epoch == known.OnChain.Epoch && now.Claimed > known.OnChain.Claimed
            ? report with { ClaimedByOthers = report.ClaimedByOthers + 1 }
            : report;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger could not be compared with the chain: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The chain does not have channel {ChannelId}; check that the nodes are of the right network")]
    private partial void LogMissing(ChannelId channelId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {ChannelId} closed without the relay; {Lost} units of vouchers may be lost")]
    private partial void LogClosed(ChannelId channelId, TokenAmount lost);
}
