using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class SessionsText
{
    public static string Of(SessionsReport report, DateTimeOffset now)
    {
        if (!report.Running)
        {
            return "The relay does not run: nobody is served.";
        }

        if (report.Sessions.Count == 0)
        {
            return "Nobody is served now.";
        }

        var table = new TextTable(
            ("CHANNEL", false), ("PAYER", false), ("FOR", true), ("NOW", false), ("RATE", true), ("DELIVERED", true), ("PAID", true),
            ("CREDIT", true), ("WINDOW", true), ("OWED", true));
        foreach (var session in report.Sessions)
        {
            table.Add(
                PlainText.Short(session.Channel), PlainText.Short(session.Payer), PlainText.Duration(now - session.Since), Now(session.Activity),
                PlainText.Rate(session.Rate), PlainText.Size(session.BytesDelivered), PlainText.Size(session.BytesPaid),
                PlainText.Size(session.BytesCredit), PlainText.Size(session.BytesWindow), session.Debt.ToBtt());
        }

        var sum = $"{PlainText.Count(report.Sessions.Count, "session")}, {PlainText.Rate(report.Sessions.Sum(static session => session.Rate))}.";
        return table + Environment.NewLine + sum
            + (report.TooMany > 0 ? $" {PlainText.Count(report.TooMany, "slower session")} not shown." : "");
    }

    private static string Now(SessionActivity activity) => activity switch
    {
        SessionActivity.Serving => "serving",
        SessionActivity.WaitsForPayment => "waits for a voucher",
        SessionActivity.Frozen => "payer withdraws",
        _ => "idle",
    };
}
