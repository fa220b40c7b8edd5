using System.CommandLine;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class CloseCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var channel = new Argument<string>("CHANNEL") { Description = "The channel's id, or its first digits." };
        var json = OperatorShell.JsonOption();
        var command = new Command(
            "close", "Sell nothing more on a channel: its session ends, and its best voucher is claimed. The rest is the payer's to take back.")
        {
            channel, json,
        };
        command.SetAction((parsed, cancellationToken) => shell.RunAsync(
            parsed,
            async (connection, token) =>
            {
                var closing = await connection.Operations.CloseAsync(new CloseOrder(parsed.GetValue(channel)!), token);
                closing = closing with { Claim = await new ClaimFollower(shell, connection).RunAsync(closing.Claim, token) };
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(closing) : shell.PrintAsync(ClosingText.Of(closing)));
                return ClaimFollower.ExitCodeOf(closing.Claim);
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay close 0x1f2e3d4c5b6a --config relay.json", "bttproxy-relay close 0x1f2e3d4c5b6a --state relay1 --json"];
        return command;
    }
}
