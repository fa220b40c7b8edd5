using System.CommandLine;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class SessionsCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var json = OperatorShell.JsonOption();
        var command = new Command("sessions", "Who is served now: channel, credit, what was delivered and paid, how fast. Not what they fetch.") { json };
        command.SetAction((parsed, cancellationToken) => shell.RunAsync(
            parsed,
            async (connection, token) =>
            {
                var report = await connection.Operations.SessionsAsync(new SessionsQuery(), token);
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(report) : shell.PrintAsync(SessionsText.Of(report, shell.Time.GetUtcNow())));
                return RelayExitCode.Success;
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay sessions --config relay.json", "bttproxy-relay sessions --state relay1 --json"];
        return command;
    }
}
