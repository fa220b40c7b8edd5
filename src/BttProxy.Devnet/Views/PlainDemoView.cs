using System.Globalization;

namespace BttProxy.Devnet.Views;

/// <summary>One line per event, and one per <see cref="ProgressInterval"/> while the download runs: for pipes and logs.</summary>
internal sealed class PlainDemoView(TextWriter output, TimeProvider timeProvider) : IDemoView
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private int _told;
    private long _progressAt;
    private DownloadLine? _progress;

    public async Task ShowAsync(DemoBoard board, CancellationToken finished)
    {
        _progressAt = timeProvider.GetTimestamp();
        while (!finished.IsCancellationRequested)
        {
            await WriteAsync(board.Current, force: false);
            await Task.Delay(PollInterval, timeProvider, finished).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await WriteAsync(board.Current, force: true);
    }

    private async Task WriteAsync(DemoSnapshot board, bool force)
    {
        for (; _told < board.Journal.Count; _told++)
        {
            await output.WriteLineAsync(board.Journal[_told]);
        }

        if (board.Download is { } download && download != _progress && (force || timeProvider.GetElapsedTime(_progressAt) >= ProgressInterval))
        {
            _progress = download;
            _progressAt = timeProvider.GetTimestamp();
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  {100 * download.Share,5:0.0} %  {Figures.Bytes(download.VerifiedBytes)}, {Figures.Rate(download.Rate)}, paid {download.Paid.ToBtt()} with {download.Vouchers} vouchers, window {Figures.Bytes(download.Window)}"));
        }
    }
}
