using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class ChannelsText
{
    public static string Of(ChannelsReport report)
    {
        var lines = new List<string>();
        if (report.Channels.Count > 0)
        {
            lines.Add(Table(report.Channels));
        }

        lines.Add(
            (report.Channels.Count, report.Hidden) switch
            {
                (0, 0) => "No channel has paid this relay yet.",
                (_, > 0) => $"{PlainText.Count(report.Hidden, "closed or empty channel")} not shown; --all shows them.",
                _ => PlainText.Count(report.Channels.Count, "channel") + ".",
            });
        if (report.TooMany > 0)
        {
            lines.Add($"{PlainText.Count(report.TooMany, "further channel")} with less at stake not shown.");
        }

        return string.Join(Environment.NewLine, lines);
    }

    private static string Table(IReadOnlyList<ChannelRow> channels)
    {
        var table = new TextTable(
            ("CHANNEL", false), ("PAYER", false), ("EPOCH", true), ("UNCLAIMED", true), ("ACCEPTED", true), ("CLAIMED", true), ("RESERVED", true),
            ("LAST VOUCHER", false), ("NOW", false), ("CLAIM", false));
        foreach (var channel in channels)
        {
            table.Add(
                PlainText.Short(channel.Id), channel.Payer.ToString(), PlainText.Count(channel.Epoch), channel.Unclaimed.ToBtt(),
                channel.Accepted.ToBtt(), channel.Claimed.ToBtt(), channel.Reserved.ToBtt(), PlainText.Time(channel.LastVoucherAt), Now(channel),
                channel.Claim is { } claim ? Claim(claim) : "-");
        }

        return table.ToString();
    }

    private static string Now(ChannelRow channel)
    {
        var activity = channel.Activity.ToString().ToLowerInvariant();
        return channel.WithdrawAt is { } at ? $"{activity}, payer withdraws {PlainText.Time(at)}" : activity;
    }

    private static string Claim(ClaimLine claim) => claim.State switch
    {
        ClaimState.Queued => "queued",
        ClaimState.Broadcast => $"sent{(claim.Transaction == ClaimTransactionState.Included ? ", in a block" : "")}",
        ClaimState.Settled => $"settled {PlainText.Time(claim.UpdatedAt)}",
        ClaimState.Overtaken => "overtaken by a close",
        _ => $"failed: {claim.Note}",
    };
}
