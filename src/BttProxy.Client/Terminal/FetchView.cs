using BttProxy.Client.Fetching;

namespace BttProxy.Client.Terminal;

/// <summary>Shows a download while it runs.</summary>
internal abstract class FetchView : IProgress<DownloadEvent>
{
    public static FetchView For(ClientTerminal terminal, bool json) =>
        terminal.Live is { } console && !json
            ? new LiveFetchView(console, terminal.TimeProvider)
            : new PlainFetchView(terminal.Error, terminal.TimeProvider);

    public abstract void Report(DownloadEvent value);

    /// <summary>Runs the download to its end.</summary>
    public abstract Task<DownloadResult> ShowAsync(Downloader downloader, CancellationToken cancellationToken);

    protected static string Describe(DownloadEvent happened) =>
        happened.Relay is { } relay ? $"{RelayPool.Short(relay)} {happened.Text}" : happened.Text;
}
