using BttProxy.Ledger;
using BttProxy.Relay.Hosting;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>Collects the fees of openings, of this run and of earlier ones.</summary>
internal sealed partial class OpeningFeeWatch(OpeningFees fees, TimeProvider time, ILogger<OpeningFeeWatch> logger) : WatchedLoop(RelayLoop.OpeningFees, Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Time);
        do
        {
            Turn();
            try
            {
                await fees.CollectAsync(Turn, stoppingToken);
            }
            catch (Exception e) when (e is ChainException or LedgerException)
            {
                LogWaits(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Fees of openings wait, because the chain or the ledger failed: {Reason}")]
    private partial void LogWaits(string reason);
}
