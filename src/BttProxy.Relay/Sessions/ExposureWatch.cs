using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Sessions;

/// <summary>Learns from the ledger what a settler in another process has claimed, so that the caps on what payers owe come down again.</summary>
internal sealed partial class ExposureWatch(RelayLedger ledger, Exposure exposure, TimeProvider time, ILogger<ExposureWatch> logger)
    : WatchedLoop(RelayLoop.ExposureWatch, Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public async Task LookAsync(CancellationToken cancellationToken) => exposure.Set(await ledger.UnclaimedByPayerAsync(cancellationToken));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Time);
        do
        {
            Turn();
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (LedgerException e)
            {
                LogWaits(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What payers owe could not be read anew, so the last sums hold: {Reason}")]
    private partial void LogWaits(string reason);
}
