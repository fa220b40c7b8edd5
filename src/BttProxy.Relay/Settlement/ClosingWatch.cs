using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Hosting;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>Follows agreed closes, of this run and of earlier ones, until their end is written down.</summary>
internal sealed partial class ClosingWatch(
    CooperativeCloser closer, RelayLedger ledger, TimeProvider time, ILogger<ClosingWatch> logger) : WatchedLoop(RelayLoop.Closings, Interval, time)
{
    /// <summary>A block's time on TRON.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Time);
        do
        {
            Turn();
            try
            {
                foreach (var closing in await ledger.ClosingsAsync(stoppingToken))
                {
                    Turn();
                    await FollowAsync(closing, stoppingToken);
                }
            }
            catch (LedgerException e)
            {
                LogWaits(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task FollowAsync(ChannelClosing closing, CancellationToken cancellationToken)
    {
        try
        {
            await closer.FollowAsync(closing, isNew: false, cancellationToken);
        }
        catch (ChainException e)
        {
            LogWaits(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Closes of channels wait, because the chain or the ledger failed: {Reason}")]
    private partial void LogWaits(string reason);
}
