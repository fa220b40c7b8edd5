using BttProxy.Client.Torrents;
using Spectre.Console;

namespace BttProxy.Client.Terminal;

/// <summary>Shows a download from the swarm while it runs: redrawn in place on a terminal, a line every few seconds elsewhere.</summary>
internal static class TransferView
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(2);

    public static Task<TransferResult> ShowAsync(TorrentTransfer transfer, ClientTerminal terminal, bool plain, CancellationToken cancellationToken) =>
        terminal.Live is not { } console || plain
            ? RunAsync(transfer, terminal, PlainInterval, progress => terminal.Error.WriteLine(Describe(progress)), cancellationToken)
            : console.Live(Draw(console, transfer.Progress)).AutoClear(true).StartAsync(live =>
                RunAsync(transfer, terminal, LiveInterval, progress => live.UpdateTarget(Draw(console, progress)), cancellationToken));

    private static async Task<TransferResult> RunAsync(
        TorrentTransfer transfer, ClientTerminal terminal, TimeSpan interval, Action<TransferProgress> show, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, terminal.TimeProvider);
        var running = transfer.RunAsync(cancellationToken);
        var tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        while (await Task.WhenAny(running, tick) != running)
        {
            show(transfer.Progress);
            tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        }

        return await running;
    }

    private static Rows Draw(IAnsiConsole console, TransferProgress progress)
    {
        var name = new Text(progress.Name, new Style(decoration: Decoration.Bold)).Overflow(Overflow.Ellipsis);
        return progress.Bytes == 0
            ? new Rows(name, new Text(Describe(progress)))
            : new Rows(name, ProgressBar.Draw(console, progress.Share, progress.Rate), new Text(Describe(progress)));
    }

    private static string Describe(TransferProgress progress)
    {
        if (progress.Bytes == 0)
        {
            return $"waiting for the metadata, {progress.Peers} peers";
        }

        var left = progress.Remaining is { } remaining ? Units.Duration(remaining) + " left" : "waiting";
        return $"{100 * progress.Share:0.0} %  {progress.VerifiedPieces}/{progress.Pieces} pieces  {Units.Bytes(progress.Rate)}/s  "
            + $"{progress.Peers} peers  {left}";
    }
}
