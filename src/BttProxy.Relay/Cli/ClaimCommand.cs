using System.CommandLine;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class ClaimCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var channels = new Argument<string[]>("CHANNEL")
        {
            Description = "Ids of channels, or their first digits; these are claimed whatever the fee. Default: all that are worth their fee.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var all = new Option<bool>("--all") { Description = "Whatever the fee." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Simulate: what would be claimed, refused and burnt. Nothing is sent." };
        var json = OperatorShell.JsonOption();
        var command = new Command("claim", "Turn vouchers into money now.") { channels, all, dryRun, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(channels) is { Tokens.Count: > 0 } && result.GetValue(all))
            {
                result.AddError("CHANNEL and --all exclude each other: a channel that is named is claimed whatever the fee.");
            }
        });
        command.SetAction((parsed, cancellationToken) => shell.RunAsync(
            parsed,
            async (connection, token) =>
            {
                var order = new ClaimOrder(parsed.GetValue(channels) ?? [], parsed.GetValue(all));
                if (!parsed.GetValue(dryRun))
                {
                    var progress = await new ClaimFollower(shell, connection).RunAsync(
                        await connection.Operations.ClaimAsync(order, token), token);
                    await (parsed.GetValue(json) ? shell.PrintJsonAsync(progress) : shell.PrintAsync(ClaimText.Of(progress)));
                    return ClaimFollower.ExitCodeOf(progress);
                }

                var preview = await connection.Operations.PreviewClaimAsync(order, token);
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(preview) : shell.PrintAsync(PreviewText.Of(preview)));
                return RelayExitCode.Success;
            },
            cancellationToken));
        examples[command] =
        [
            "bttproxy-relay claim --config relay.json --dry-run",
            "bttproxy-relay claim --config relay.json",
            "bttproxy-relay claim 0x1f2e3d4c5b6a 0x70819203a4b5 --config relay.json --json",
        ];
        return command;
    }
}
