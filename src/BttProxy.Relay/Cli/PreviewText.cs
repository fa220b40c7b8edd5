using BttProxy.Protocol.Money;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class PreviewText
{
    public static string Of(ClaimPreview preview)
    {
        var lines = new List<string>();
        if (preview.Batches.Count > 0)
        {
            lines.Add(Table(preview.Batches));
        }

        lines.AddRange(preview.Batches.Where(static batch => batch.Problem is not null).Select(static batch => $"Cannot be sent: {batch.Problem}"));
        lines.AddRange(preview.Refused.Select(static channel =>
            $"{PlainText.Short(channel.Channel)} would be refused ({channel.Value.ToBtt()}): {channel.Note}."));
        lines.AddRange(preview.LeftOut.Select(ClaimText.LeftOut));
        if (preview.Later > 0)
        {
            lines.Add($"{PlainText.Count(preview.Later, "further channel")} too many for one command.");
        }

        lines.Add(Sum(preview));
        return string.Join(Environment.NewLine, lines);
    }

    private static string Table(IReadOnlyList<ClaimBatchPreview> batches)
    {
        var table = new TextTable(("TRANSACTION", true), ("CHANNEL", false), ("VALUE", true), ("ENERGY", true), ("BYTES", true), ("FEE", true));
        for (var i = 0; i < batches.Count; i++)
        {
            var batch = batches[i];
            foreach (var channel in batch.Channels)
            {
                table.Add($"{i + 1}", PlainText.Short(channel.Channel), channel.Value.ToBtt(), "", "", "");
            }

            table.Add(
                "", "together", batch.Value.ToBtt(), batch.Energy is { } energy ? PlainText.Count(energy) : "?",
                batch.Bytes is { } bytes ? PlainText.Count(bytes) : "?", batch.FeeSun is { } fee ? PlainText.Trx(fee) : "?");
        }

        return table.ToString();
    }

    private static string Sum(ClaimPreview preview)
    {
        var good = preview.Batches.Where(static batch => batch.Problem is null).ToArray();
        if (good.Length == 0)
        {
            return "Nothing would be claimed.";
        }

        var fee = good.Sum(static batch => batch.FeeSun ?? 0);
        var value = good.Aggregate(TokenAmount.Zero, static (sum, batch) => sum + batch.Value);
        return $"Would claim {value.ToBtt()} of {PlainText.Count(good.Sum(static batch => batch.Channels.Count), "channel")} for {PlainText.Trx(fee)}; "
            + $"{preview.Submitter} has {PlainText.Trx(preview.BalanceSun)}{(fee > preview.BalanceSun ? ": send it TRX first" : "")}. Nothing was sent.";
    }
}
