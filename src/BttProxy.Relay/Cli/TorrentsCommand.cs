using System.CommandLine;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class TorrentsCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var json = OperatorShell.JsonOption();
        var command = new Command("torrents", "The torrents that are fetched and sold now: size, what is held, peers, readers, how fast. Not for whom.") { json };
        command.SetAction((parsed, cancellationToken) => shell.RunAsync(
            parsed,
            async (connection, token) =>
            {
                var report = await connection.Operations.TorrentsAsync(new TorrentsQuery(), token);
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(report) : shell.PrintAsync(TorrentsText.Of(report, connection.IsRunning)));
                return RelayExitCode.Success;
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay torrents --config relay.json", "bttproxy-relay torrents --state relay1 --json"];
        return command;
    }
}
