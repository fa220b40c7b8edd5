using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BttProxy.Devnet.Views;

/// <summary>The demo on a terminal: the relays, the download, and what happened last, redrawn in place.</summary>
internal sealed class LiveDemoView(IAnsiConsole console, TimeProvider timeProvider) : IDemoView
{
    private const int JournalLines = 10;
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(100);

    public Task ShowAsync(DemoBoard board, CancellationToken finished) =>
        console.Live(Draw(board.Current)).StartAsync(async live =>
        {
            while (!finished.IsCancellationRequested)
            {
                live.UpdateTarget(Draw(board.Current));
                await Task.Delay(RefreshInterval, timeProvider, finished).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            live.UpdateTarget(Draw(board.Current));
        });

    private Rows Draw(DemoSnapshot board)
    {
        var parts = new List<IRenderable>();
        if (board.Relays.Length > 0)
        {
            parts.Add(DrawRelays(board));
        }

        if (board.Download is { } download)
        {
            parts.Add(DrawDownload(download));
        }

        var told = board.Journal.Skip(Math.Max(0, board.Journal.Count - JournalLines));
        parts.AddRange(told.Select(line => new Text(line, new Style(Color.Grey)) { Overflow = Overflow.Ellipsis }));
        return new Rows(parts);
    }

    private static Table DrawRelays(DemoSnapshot board)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand();
        table.AddColumn("Relay").AddColumn("Id").AddColumn(new TableColumn("Price").RightAligned()).AddColumn("Region").AddColumn("State");
        foreach (var relay in board.Relays)
        {
            table.AddRow(
                new Text(relay.Name, new Style(decoration: Decoration.Bold)),
                new Text(relay.ShortId),
                new Text(relay.Price.ToBtt()),
                new Text(relay.Region),
                new Text(relay.State));
        }

        return table;
    }

    private Grid DrawDownload(DownloadLine download)
    {
        var width = Math.Max(10, Math.Min(console.Profile.Width, 100) - 10);
        var done = (int)(download.Share * width);
        var bar = new Paragraph()
            .Append(new string('━', done), new Style(Color.Green))
            .Append(new string('━', width - done), new Style(Color.Grey30))
            .Append(string.Create(CultureInfo.InvariantCulture, $" {100 * download.Share:0.0} %"));
        var figures = new Text(
            $"{Figures.Bytes(download.VerifiedBytes)} of {Figures.Bytes(download.TotalBytes)} verified · {Figures.Rate(download.Rate)} · "
            + string.Create(CultureInfo.InvariantCulture, $"{download.VerifiedPieces} of {download.Pieces} pieces"));
        var money = new Text(string.Create(
            CultureInfo.InvariantCulture,
            $"paid {download.Paid.ToBtt()} · {download.Vouchers} vouchers · window {Figures.Bytes(download.Window)}"));
        return new Grid().AddColumn().AddRow(bar).AddRow(figures).AddRow(money);
    }
}
