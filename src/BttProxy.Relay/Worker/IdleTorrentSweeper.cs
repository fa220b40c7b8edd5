using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Worker;

/// <summary>Lets the relay leave swarms that nobody uses; their pieces stay on disk.</summary>
internal sealed class IdleTorrentSweeper(TorrentCatalog catalog, TimeProvider time)
    : WatchedLoop(RelayLoop.TorrentSweeper, Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Turn();
            await catalog.DropIdleAsync();
        }
    }
}
