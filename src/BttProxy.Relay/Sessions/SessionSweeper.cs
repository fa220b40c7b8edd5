using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Sessions;

/// <summary>Ends sessions that nobody uses any more, so that abandoned ones do not hold the relay's slots.</summary>
internal sealed class SessionSweeper(
    SessionRegistry sessions, SessionCloser closer, RelayRecordSource records, TimeSpan idleTimeout, TimeProvider time)
    : WatchedLoop(RelayLoop.SessionSweeper, Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Turn();
            // Looking at the record notes its hash, even if nobody has asked for it since it was renewed.
            _ = records.Current;
            foreach (var session in sessions.All.Where(s => s.Idle > idleTimeout))
            {
                await closer.CloseAsync(session, stoppingToken);
            }
        }
    }
}
