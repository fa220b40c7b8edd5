using System.CommandLine;
using BttProxy.Client.Fetching;
using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;
using Spectre.Console;

namespace BttProxy.Client.Commands;

internal static class RelaysCommand
{
    private static readonly TimeSpan WatchPause = TimeSpan.FromSeconds(5);

    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var watch = new Option<bool>("--watch", "-w") { Description = "Look again and again until Ctrl-C." };
        var relays = new Command("relays", "Find relays and measure each by a real request; the best by price and speed first.") { watch };
        relays.SetAction((result, cancellationToken) =>
            RunAsync(global.Read(result, terminal), terminal, result.GetValue(watch), cancellationToken));
        examples[relays] = ["bttproxy relays --network network.json", "bttproxy relays --watch", "bttproxy relays --json"];
        return relays;
    }

    private static async Task<int> RunAsync(ClientSettings settings, ClientTerminal terminal, bool watch, CancellationToken cancellationToken)
    {
        await using var connection = await MarketConnection.OpenAsync(settings, terminal, cancellationToken);
        var directory = await connection.OpenDirectoryAsync(cancellationToken);
        var survey = new RelaySurvey(directory, new RelayProbe(connection.Guard, terminal.TimeProvider));
        if (terminal.Live is { } console && !settings.Json)
        {
            await ShowLiveAsync(console, survey, watch, terminal.TimeProvider, cancellationToken);
        }
        else
        {
            do
            {
                await survey.RunAsync(static () => { }, cancellationToken);
                await terminal.Output.WriteLineAsync(settings.Json ? RelayTable.ToJson(survey.Rows) : RelayTable.ToText(survey.Rows));
            }
            while (watch && await PauseAsync(terminal.TimeProvider, cancellationToken));
        }

        return survey.Rows.Count > 0
            ? (int)ExitCode.Success
            : throw new ClientException(ExitCode.NoRelay, $"No relay was found. {directory.Explanation}");
    }

    private static Task ShowLiveAsync(
        IAnsiConsole console, RelaySurvey survey, bool watch, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        console.Live(new Text("Looking for relays...")).StartAsync(async live =>
        {
            do
            {
                await survey.RunAsync(() => live.UpdateTarget(RelayTable.Draw(survey.Rows, isSearching: true)), cancellationToken);
                live.UpdateTarget(RelayTable.Draw(survey.Rows, isSearching: false));
            }
            while (watch && await PauseAsync(timeProvider, cancellationToken));
        });

    private static async Task<bool> PauseAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        await Task.Delay(WatchPause, timeProvider, cancellationToken);
        return true;
    }
}
