using System.CommandLine;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class ChannelsCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var all = new Option<bool>("--all") { Description = "Closed and empty ones too." };
        var json = OperatorShell.JsonOption();
        var command = new Command("channels", "The channels that pay the relay, those with most at stake first.") { all, json };
        command.SetAction((parsed, cancellationToken) => shell.RunAsync(
            parsed,
            async (connection, token) =>
            {
                var report = await connection.Operations.ChannelsAsync(new ChannelsQuery(parsed.GetValue(all)), token);
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(report) : shell.PrintAsync(ChannelsText.Of(report)));
                return RelayExitCode.Success;
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay channels --config relay.json", "bttproxy-relay channels --state relay1 --all --json"];
        return command;
    }
}
