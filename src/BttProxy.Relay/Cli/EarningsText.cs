using BttProxy.Protocol.Money;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class EarningsText
{
    public static string Of(EarningsReport report) =>
        string.Join(Environment.NewLine + Environment.NewLine, Periods(report), Totals(report.Totals), BreakEven(report));

    private static string Periods(EarningsReport report)
    {
        var table = new TextTable(
            ($"{(report.By == EarningsPeriod.Hour ? "HOUR" : "DAY")} ({report.TimeZone})", false), ("DELIVERED", true), ("VOUCHERS", true), ("EARNED", true), ("CLAIMED", true),
            ("FEES", true));
        foreach (var row in report.Rows)
        {
            Add(table, PlainText.Time(row.From)[..(report.By == EarningsPeriod.Day ? 10 : 16)], row);
        }

        Add(table, "total", report.Rows.Aggregate(EarningsRow.Nothing(report.Since), static (sum, row) => sum.Add(row)));
        return table.ToString();
    }

    private static void Add(TextTable table, string name, EarningsRow row) => table.Add(
        name, PlainText.Size(row.BytesDelivered), PlainText.Count(row.Vouchers), row.Earned.ToBtt(), row.Claimed.ToBtt(), PlainText.Trx(row.FeesSun));

    private static string Totals(EarningsTotals totals)
    {
        var table = new TextTable(("", false), ("", true), ("", false));
        table.Add(
            "earned", totals.Earned.ToBtt(),
            $"{PlainText.Count(totals.Channels, "channel")}, {PlainText.Count(totals.OpenSessions, "open session")}, "
            + $"{PlainText.Megabytes(totals.BytesDelivered)} delivered, {PlainText.Megabytes(totals.BytesPaid)} paid");
        table.Add("claimable now", totals.Claimable.ToBtt(), totals.Claimable == TokenAmount.Zero ? "" : "'bttproxy-relay claim --dry-run' shows what it costs");
        table.Add("under way", totals.UnderWay.ToBtt(), "");
        table.Add("claimed", totals.Claimed.ToBtt(), "");
        table.Add("lost", totals.Lost.ToBtt(), totals.Lost == TokenAmount.Zero ? "" : "channels closed before it was claimed");
        table.Add("owed, no voucher", totals.Debt.ToBtt(), "");
        table.Add("fees", PlainText.Trx(totals.FeesSun), "");
        return "In all" + Environment.NewLine + table;
    }

    private static string BreakEven(EarningsReport report)
    {
        if (report.BreakEven is not { } breakEven)
        {
            return $"Break-even is not known: {report.BreakEvenUnknown}";
        }

        var table = new TextTable(("", false), ("FEE PER CHANNEL", true), ("MUST BE WORTH", true), ("MUST CARRY", true));
        foreach (var row in breakEven.Claims)
        {
            table.Add(
                row.RowsPerClaim == 1 ? "claimed alone" : $"{row.RowsPerClaim} in one claim",
                PlainText.Trx(row.FeeSun), row.Value?.ToBtt() ?? "?", row.Megabytes is { } megabytes ? PlainText.Count(megabytes) + " MB" : "?");
        }

        var hint = breakEven.TokensPerTrx is null
            ? "Say with --btt-per-trx what a TRX is worth to see how many megabytes that is."
            : $"At {breakEven.TokensPerTrx.Value.ToBtt()} for a TRX.";
        return $"Break-even: a claim's fee is {breakEven.FeePercent} % of what a channel brings, at {breakEven.PricePerMegabyte.ToBtt()} and without staked energy"
            + Environment.NewLine + table + Environment.NewLine + hint;
    }
}
