using BttProxy.Client.Fetching;
using Spectre.Console;

namespace BttProxy.Client.Terminal;

/// <summary>A bar and two lines that are redrawn in place; events scroll by above them.</summary>
internal sealed class LiveFetchView(IAnsiConsole console, TimeProvider timeProvider) : FetchView
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Queue<string> _events = new();
    private readonly Lock _gate = new();

    public override void Report(DownloadEvent value)
    {
        if (value.Kind is DownloadEventKind.RelayFound)
        {
            // Their number stands in the view; the table is 'bttproxy relays'.
            return;
        }

        lock (_gate)
        {
            _events.Enqueue(Describe(value));
        }
    }

    public override Task<DownloadResult> ShowAsync(Downloader downloader, CancellationToken cancellationToken) =>
        console.Live(Draw(downloader.Progress)).AutoClear(true).StartAsync(async live =>
        {
            using var timer = new PeriodicTimer(Interval, timeProvider);
            var running = downloader.RunAsync(cancellationToken);
            var tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
            while (await Task.WhenAny(running, tick) != running)
            {
                WriteEvents();
                live.UpdateTarget(Draw(downloader.Progress));
                tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
            }

            WriteEvents();
            return await running;
        });

    private void WriteEvents()
    {
        lock (_gate)
        {
            while (_events.TryDequeue(out var line))
            {
                console.MarkupLineInterpolated($"[grey]{line}[/]");
            }
        }
    }

    private Rows Draw(DownloadProgress progress)
    {
        var name = new Text(progress.Name ?? progress.InfoHash.ToString(), new Style(decoration: Decoration.Bold)).Overflow(Overflow.Ellipsis);
        if (progress.TotalBytes == 0)
        {
            return new Rows(name, new Text(progress.Waiting ?? $"{Describe(progress.Phase)}; {progress.KnownRelays} relays answered."));
        }

        var share = (double)progress.VerifiedBytes / progress.TotalBytes;
        var left = progress.Remaining is { } remaining ? $"{Units.Duration(remaining)} left" : progress.Waiting ?? Describe(progress.Phase);
        var facts = new Text(
            $"{progress.VerifiedPieces} of {progress.TotalPieces} pieces verified, "
            + $"{Units.Bytes(progress.VerifiedBytes)} of {Units.Bytes(progress.TotalBytes)}, {left}");
        var money = new Text(progress.Relay is { } relay
            ? $"paid {Units.Btt(progress.Paid)} so far; relay {RelayPool.Short(relay)} at {progress.Price!.Value.ToBtt()}"
            : $"paid {Units.Btt(progress.Paid)} so far; no relay now, {progress.KnownRelays} known");
        return new Rows(name, ProgressBar.Draw(console, share, progress.Rate), facts, money);
    }

    private static string Describe(DownloadPhase phase) => phase switch
    {
        DownloadPhase.Checking => "looking at what is on disk",
        DownloadPhase.FindingRelays => "looking for relays",
        DownloadPhase.Opening => "opening a session",
        DownloadPhase.Fetching => "fetching",
        DownloadPhase.Finishing => "finishing",
        _ => "done",
    };
}
