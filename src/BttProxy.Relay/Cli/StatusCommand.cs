using System.CommandLine;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class StatusCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var json = OperatorShell.JsonOption();
        var command = new Command("status", "The relay on one screen: what is wrong with it, whom it serves, what it has earned, whether it can be found.") { json };
        command.SetAction((parsed, cancellationToken) => shell.RunAsync(
            parsed,
            async (connection, token) =>
            {
                var report = await connection.Operations.StatusAsync(new StatusQuery(), token);
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(report) : shell.PrintAsync(StatusText.Of(report, shell.Time.GetUtcNow())));
                return RelayExitCode.Success;
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay status --config relay.json", "bttproxy-relay status --state relay1 --json"];
        return command;
    }
}
