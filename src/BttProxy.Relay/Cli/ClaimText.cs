using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class ClaimText
{
    public static string Of(ClaimProgress progress)
    {
        var lines = new List<string>();
        if (progress.Claims.Count > 0)
        {
            lines.Add(Table(progress.Claims));
        }

        lines.AddRange(progress.LeftOut.Select(LeftOut));
        if (progress.Later > 0)
        {
            lines.Add($"{PlainText.Count(progress.Later, "further channel")} too many for one command: run it again.");
        }

        lines.Add(Sum(progress.Claims));
        return string.Join(Environment.NewLine, lines);
    }

    public static string LeftOut(ChannelNote channel) =>
        $"{PlainText.Short(channel.Channel)} is left out ({channel.Value.ToBtt()}): {channel.Note}.";

    private static string Table(IReadOnlyList<ClaimLine> claims)
    {
        var table = new TextTable(("CHANNEL", false), ("VALUE", true), ("CLAIM", false), ("TRANSACTION", false));
        foreach (var claim in claims)
        {
            table.Add(PlainText.Short(claim.Channel), claim.Value?.ToBtt() ?? "-", State(claim), claim.TransactionId?.ToString() ?? "-");
        }

        return table.ToString();
    }

    private static string State(ClaimLine claim) => claim.State switch
    {
        ClaimState.Queued => "waits in the outbox",
        ClaimState.Broadcast => "under way",
        ClaimState.Settled => "paid",
        ClaimState.Overtaken => "the channel was closed first",
        _ => $"refused: {claim.Note}",
    };

    private static string Sum(IReadOnlyList<ClaimLine> claims)
    {
        var paid = claims.Where(static claim => claim.State == ClaimState.Settled).ToArray();
        var fees = claims.Where(static claim => claim.FeeSun is not null).DistinctBy(static claim => claim.TransactionId).Sum(static claim => claim.FeeSun!.Value);
        var value = paid.Aggregate(TokenAmount.Zero, static (sum, claim) => sum + (claim.Value ?? TokenAmount.Zero));
        return paid.Length == 0
            ? "Nothing was claimed."
            : $"Claimed {value.ToBtt()} of {PlainText.Count(paid.Length, "channel")} for {PlainText.Trx(fees)}.";
    }
}
