using BttProxy.Client.Fetching;

namespace BttProxy.Client.Terminal;

/// <summary>One line per event and one every few seconds, for pipes and log files.</summary>
internal sealed class PlainFetchView(TextWriter writer, TimeProvider timeProvider) : FetchView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly TextWriter _writer = TextWriter.Synchronized(writer);
    private string? _waiting;

    public override void Report(DownloadEvent value) => _writer.WriteLine(Describe(value));

    public override async Task<DownloadResult> ShowAsync(Downloader downloader, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        var running = downloader.RunAsync(cancellationToken);
        var tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        while (await Task.WhenAny(running, tick) != running)
        {
            WriteProgress(downloader.Progress);
            tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        }

        return await running;
    }

    private void WriteProgress(DownloadProgress progress)
    {
        if (progress.Waiting is { } waiting)
        {
            if (waiting != _waiting)
            {
                _writer.WriteLine(_waiting = waiting);
            }

            return;
        }

        if (progress.TotalBytes == 0)
        {
            _writer.WriteLine($"{progress.Phase}, {progress.KnownRelays} relays");
            return;
        }

        var left = progress.Remaining is { } remaining ? Units.Duration(remaining) + " left" : "waiting";
        _writer.WriteLine(
            $"{100.0 * progress.VerifiedBytes / progress.TotalBytes:0.0} %  {progress.VerifiedPieces}/{progress.TotalPieces} pieces  "
            + $"{Units.Bytes(progress.Rate)}/s  paid {Units.Btt(progress.Paid)}  {left}");
    }
}
