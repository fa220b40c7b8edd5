using System.CommandLine;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class EarningsCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var by = new Option<string>("--by") { Description = "Rows by hour or by day, UTC.", DefaultValueFactory = static _ => "hour" };
        by.AcceptOnlyFromAmong("hour", "day");
        var since = When(shell, "--since", "First row: 36h, 7d, or a date in UTC such as 2026-11-01. Default: 24 hours, or 30 days.");
        var until = When(shell, "--until", "No row from then on, written likewise. Default: now.");
        var rate = Rate();
        var json = OperatorShell.JsonOption();
        var command = new Command("earnings", "What the relay has earned, what of it is claimed, and what a channel must carry to be worth its claim.")
        {
            by, since, until, rate, json,
        };
        command.SetAction((parsed, cancellationToken) => shell.RunAsync(
            parsed,
            async (connection, token) =>
            {
                var query = new EarningsQuery(
                    parsed.GetValue(by) == "day" ? EarningsPeriod.Day : EarningsPeriod.Hour, parsed.GetValue(since), parsed.GetValue(until), parsed.GetValue(rate));
                var report = await connection.Operations.EarningsAsync(query, token);
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(report) : shell.PrintAsync(EarningsText.Of(report)));
                return RelayExitCode.Success;
            },
            cancellationToken));
        examples[command] =
        [
            "bttproxy-relay earnings --config relay.json",
            "bttproxy-relay earnings --state relay1 --by day --since 2026-10-01 --until 2026-11-01",
            "bttproxy-relay earnings --config relay.json --btt-per-trx 450000",
            "bttproxy-relay earnings --config relay.json --since 7d --json",
        ];
        return command;
    }

    private static Option<DateTimeOffset?> When(OperatorShell shell, string name, string description) => new(name)
    {
        Description = description,
        HelpName = "WHEN",
        CustomParser = result =>
        {
            if (SinceText.TryParse(result.Tokens[0].Value, shell.Time.GetUtcNow(), out var since))
            {
                return since;
            }

            result.AddError($"{name} must be like 36h, 7d or 2026-11-01, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private static Option<TokenAmount?> Rate() => new("--btt-per-trx")
    {
        Description = "What a TRX is worth to you, in BTT. Default: settlement.tokensPerTrx of the configuration.",
        HelpName = "BTT",
        CustomParser = static result =>
        {
            if (TokenAmount.TryParseBtt(result.Tokens[0].Value, out var rate) && rate > TokenAmount.Zero)
            {
                return rate;
            }

            result.AddError($"--btt-per-trx must be a number of BTT above zero, such as 450000, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };
}
