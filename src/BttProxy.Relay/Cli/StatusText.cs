using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class StatusText
{
    public static string Of(StatusReport report, DateTimeOffset now)
    {
        var table = new TextTable(("", false), ("", false));
        foreach (var problem in report.Problems)
        {
            table.Add("DO", problem.Remedy);
            table.Add("because", problem.What);
        }

        table.Add("state", State(report, now));
        table.Add("relay", report.RelayId ?? "?");
        table.Add("payee", report.Payee ?? "?");
        table.Add("address", report.PublicEndPoints.Count > 0 ? string.Join(", ", report.PublicEndPoints) : "none while it does not run");
        table.Add("price", Price(report));
        foreach (var quota in report.Quotas?.Where(static quota => quota.Limit is not null) ?? [])
        {
            table.Add(
                $"quota of the {quota.Period.ToString().ToLowerInvariant()}",
                $"{PlainText.Size(quota.Used)} of {PlainText.Size(quota.Limit!.Value)}, until {PlainText.Time(quota.Until)} UTC");
        }

        table.Add("now", $"{PlainText.Count(report.Sessions, "session")}, {report.Serving} served, {PlainText.Rate(report.Rate)}");
        table.Add(
            "today (UTC)",
            $"{PlainText.Size(report.Today.BytesDelivered)} delivered, {report.Today.Earned.ToBtt()} earned, {report.Today.Claimed.ToBtt()} claimed");
        table.Add("claimable", $"{report.Totals.Claimable.ToBtt()}, {report.Totals.UnderWay.ToBtt()} under way");
        table.Add("claimed", $"{report.Totals.Claimed.ToBtt()} of {report.Totals.Earned.ToBtt()} earned, for {PlainText.Trx(report.Totals.FeesSun)} of fees");
        table.Add("chain", Chain(report.Chain, now));
        if (report.Dht is { } dht)
        {
            table.Add("dht", Dht(dht, now));
        }

        if (report.Cache is { } cache)
        {
            table.Add(
                "cache",
                $"{PlainText.Size(cache.Held)} of {PlainText.Size(cache.Budget)}, {PlainText.Count(cache.Torrents, "torrent")}, "
                + $"{(cache.Free is { } free ? PlainText.Size(free) : "?")} free on the volume");
        }

        return table.ToString();
    }

    private static string State(StatusReport report, DateTimeOffset now)
    {
        var version = $"version {report.Version}";
        return (report.State, report.StartedAt) switch
        {
            (RelayActivity.Stopped, _) => $"stopped, {version}",
            (var state, { } start) => $"{state.ToString().ToLowerInvariant()} for {PlainText.Duration(now - start)}, {version}",
            _ => version,
        };
    }

    private static string Price(StatusReport report) => report.NextPrice is { } next
        ? $"{report.PricePerMegabyte.ToBtt()}; from {PlainText.Time(next.At)} UTC on {next.Price.ToBtt()}"
        : report.PricePerMegabyte.ToBtt();

    private static string Chain(ChainState chain, DateTimeOffset now) => chain is { Block: { } block, BlockTime: { } time }
        ? $"block {PlainText.Count(block)}, {PlainText.Duration(now - time)} old; {PlainText.Trx(chain.Sun ?? 0)} for fees"
        : "not reached";

    private static string Dht(DhtState dht, DateTimeOffset now)
    {
        var address = dht.ExternalAddress is { } known ? $", seen as {known}" : "";
        var found = !dht.Announces ? "not announced, by dht.announce"
            : dht.PublishedAt is { } published ? $"record read back from {PlainText.Count(dht.Copies, "node")} {PlainText.Duration(now - published)} ago"
            : "record not published yet";
        var announced = dht.AnnouncedAt is { } at ? $", announced to {PlainText.Count(dht.AnnouncedTo, "node")} {PlainText.Duration(now - at)} ago" : "";
        return $"{PlainText.Count(dht.Nodes, "node")}{address}; {found}{announced}";
    }
}
