using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

/// <summary>What is wrong with a relay as far as one look tells, with the remedy; <c>doctor</c> measures more.</summary>
internal sealed class StatusProblems(RunningParts parts, RelayLedger ledger, RelayOptions options, Lazy<IChannelChain> chain, TimeProvider time)
{
    // The announcer reads its record back within it, also from slow nodes.
    private static readonly TimeSpan FindableWithin = TimeSpan.FromMinutes(2);

    public async Task<IReadOnlyList<StatusProblem>> FindAsync(StatusReport report, CancellationToken cancellationToken)
    {
        var channels = await ledger.ChannelSummariesAsync(cancellationToken);
        return
        [
            .. Running(report), .. Configuration(), .. Money(channels), .. Chain(report), .. await FeesAsync(report, channels, cancellationToken), .. Dht(report), .. Disk(report),
        ];
    }

    private IEnumerable<StatusProblem> Running(StatusReport report)
    {
        if (report.State == RelayActivity.Stopped)
        {
            yield return new StatusProblem("The relay does not run.", "Start it: 'bttproxy-relay' with the same options and no command.");
        }
        else if (parts.Record is null)
        {
            yield return new StatusProblem(
                "Only the settler runs here, so nothing is sold.", "Start the gateway: 'bttproxy-relay' with the same options and '--roles gateway'.");
        }
        else if (parts.IsSettledElsewhere && !LedgerInspection.IsHeld(Path.Combine(options.StateDirectory, RelayRoles.LedgerFile), LedgerPart.Settlement))
        {
            yield return new StatusProblem(
                "No settler runs: vouchers are kept, and nothing is claimed.",
                "Start one: 'bttproxy-relay' with the same options and state directory, and '--roles settler'.");
        }

        if (report.HibernatesUntil is { } until)
        {
            yield return new StatusProblem(
                $"A traffic quota is used up: nothing is sold, and the relay is not to be found until {PlainText.Time(until)} UTC.",
                "Wait, or raise quotaPerDay or quotaPerMonth in the policy file.");
        }

        if (report.RelayId is null)
        {
            yield return new StatusProblem("The relay's keys cannot be read.", "'bttproxy-relay doctor' says which and why.");
        }
    }

    private IEnumerable<StatusProblem> Configuration()
    {
        if (parts.Reloader is not { } reloader)
        {
            yield break;
        }

        foreach (var problem in reloader.Problems)
        {
            yield return new StatusProblem($"The changed configuration is not taken: {problem}", "Mend it; the relay reads it again by itself.");
        }

        if (reloader.NeedRestart is { Count: > 0 } options)
        {
            yield return new StatusProblem($"Changed in the configuration since the start: {string.Join(", ", options)}.", "Restart the relay when it suits.");
        }
    }

    private static IEnumerable<StatusProblem> Money(List<ChannelSummary> channels)
    {
        foreach (var channel in channels.Where(static channel => channel.OnChain.WithdrawAt is not null && channel.Unclaimed > TokenAmount.Zero))
        {
            var until = DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(channel.OnChain.WithdrawAt!.Value, 253_402_300_799));
            yield return new StatusProblem(
                $"The payer of channel {PlainText.Short(channel.Id)} takes its money back at {PlainText.Time(until)} UTC, and {channel.Unclaimed.ToBtt()} of it are yours.",
                $"If the relay has not claimed it soon: 'bttproxy-relay claim {PlainText.Short(channel.Id)}'.");
        }

        var refused = channels.Count(static channel => channel.Claim is { State: ClaimState.Failed } && channel.Unclaimed > TokenAmount.Zero);
        if (refused > 0)
        {
            yield return new StatusProblem($"The chain refused the claims of {PlainText.Count(refused, "channel")}.", "'bttproxy-relay claim --dry-run' says why.");
        }
    }

    private static IEnumerable<StatusProblem> Chain(StatusReport report)
    {
        if (report.Chain.Unknown is { } reason)
        {
            yield return new StatusProblem(
                $"The chain cannot be asked: {reason}",
                "Until it answers no new credit is given and nothing is claimed. Check this machine's network, or name other nodes in chain.nodes.");
        }
    }

    private async Task<IEnumerable<StatusProblem>> FeesAsync(StatusReport report, List<ChannelSummary> channels, CancellationToken cancellationToken)
    {
        var unclaimed = channels.Count(static channel => channel.Unclaimed > TokenAmount.Zero);
        if (unclaimed == 0 || report.Chain.Sun is not { } sun)
        {
            return [];
        }

        try
        {
            var needed = (await chain.Value.SubmitterAsync(cancellationToken)).Costs.Total(unclaimed, options.Settlement.MaxRowsPerClaim);
            return needed <= sun ? [] :
            [
                new StatusProblem(
                    $"{report.Chain.Account} has {PlainText.Trx(sun)}, and to claim {PlainText.Count(unclaimed, "channel")} takes {PlainText.Trx(needed)}.",
                    $"Send it at least {PlainText.Trx(needed - sun)}."),
            ];
        }
        catch (ChainException)
        {
            return [];
        }
    }

    private IEnumerable<StatusProblem> Dht(StatusReport report)
    {
        if (report.HibernatesUntil is not null || report.Dht is not { } dht || parts.StartedAt is not { } start || time.GetUtcNow() - start < FindableWithin)
        {
            yield break;
        }

        if (dht.Nodes == 0)
        {
            yield return new StatusProblem(
                "No DHT node answers: clients cannot find the relay.",
                $"Let UDP out of port {options.Dht.Listen.Port} and back in, and check the network description's DHT nodes.");
        }
        else if (dht is { Announces: true, Copies: 0 })
        {
            yield return new StatusProblem(
                "The relay's record is not in the DHT: only clients that know the relay can find it.",
                "'bttproxy-relay doctor' says how far it comes; another relay with the same relay-key must not run elsewhere.");
        }
    }

    private static IEnumerable<StatusProblem> Disk(StatusReport report)
    {
        if (report.Cache is { Free: { } free } cache && free < cache.MinFree)
        {
            yield return new StatusProblem(
                $"Only {PlainText.Size(free)} are free on the volume: nothing more is fetched, clients are refused what is not here.",
                $"Free space, or lower cache.minFreeBytes ({PlainText.Size(cache.MinFree)}).");
        }
    }
}
