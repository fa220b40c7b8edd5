using System.CommandLine;
using BttProxy.Devnet.Demo;
using BttProxy.Devnet.Views;
using BttProxy.Devnet.World;
using Spectre.Console;

namespace BttProxy.Devnet.Commands;

/// <summary>The demo: what the program does without a command.</summary>
internal static class DemoCommand
{
    /// <summary>Wide enough that a log line is not broken where nothing tells a width.</summary>
    private const int WidthOfPipes = 120;

    public static void AddTo(RootCommand root, Option<long> size)
    {
        var json = new Option<string?>("--json") { Description = "Write the books to this file as JSON.", HelpName = "FILE" };
        root.Add(json);
        root.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(size), parsed.GetValue(json), cancellationToken));
    }

    private static async Task<int> RunAsync(long size, string? jsonPath, CancellationToken cancellationToken)
    {
        if (jsonPath is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(jsonPath))))
        {
            throw new DevnetException($"There is no directory for {jsonPath}. Make it first, or name another file with --json.");
        }

        var console = AnsiConsole.Console;
        var isTerminal = console.Profile.Out.IsTerminal;
        if (!isTerminal)
        {
            console.Profile.Width = WidthOfPipes;
        }

        IDemoView view = isTerminal ? new LiveDemoView(console, TimeProvider.System) : new PlainDemoView(Console.Out, TimeProvider.System);
        var outcome = await PlayAsync(view, new DevnetWorldOptions { ContentSize = size }, cancellationToken);
        new BooksView(console).Show(outcome.Report, outcome.Payer, outcome.Relays, outcome.Checks);
        if (jsonPath is not null)
        {
            await WriteAsync(jsonPath, outcome.Report.ToJson(), cancellationToken);
        }

        return outcome.Report.Succeeded ? 0 : 1;
    }

    private static async Task<DemoOutcome> PlayAsync(IDemoView view, DevnetWorldOptions options, CancellationToken cancellationToken)
    {
        using var state = StateDirectory.Temporary();
        using var finished = new CancellationTokenSource();
        var board = new DemoBoard();
        var showing = view.ShowAsync(board, finished.Token);
        try
        {
            return await new MarketplaceDemo(state, options, board, TimeProvider.System).RunAsync(cancellationToken);
        }
        finally
        {
            await finished.CancelAsync();
            await showing;
        }
    }

    private static async Task WriteAsync(string path, byte[] json, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllBytesAsync(path, json, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DevnetException($"The books cannot be written to {path}: {exception.Message}", exception);
        }
    }
}
