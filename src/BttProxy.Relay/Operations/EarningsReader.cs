using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Pricing;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

/// <summary>What the relay has earned and where that money is.</summary>
internal sealed class EarningsReader(
    RelayLedger ledger, SessionRegistry sessions, SessionSaver saver, CurrentOffer offer, SettlementOptions settlement, Lazy<IChannelChain> chain, TimeProvider time)
{
    // More than a year of hours.
    private const int MaxRows = 10_000;

    // The books are there without the chain; it only adds the fees of today.
    private static readonly TimeSpan ChainPatience = TimeSpan.FromSeconds(10);

    public async Task<EarningsReport> ReadAsync(EarningsQuery query, CancellationToken cancellationToken)
    {
        var since = Start(query.Since ?? DefaultSince(query.By), query.By);
        var now = time.GetUtcNow();
        if (since > now)
        {
            throw new OperationException("--since lies in the future.", RelayExitCode.BadConfiguration);
        }

        var until = query.Until is { } end && end < now ? end : now;
        if (until <= since)
        {
            throw new OperationException("--until lies before --since.", RelayExitCode.BadConfiguration);
        }

        if ((until - since) / Length(query.By) > MaxRows)
        {
            throw new OperationException(
                $"More than {MaxRows} rows: give a later --since, or --by day.", RelayExitCode.BadConfiguration);
        }

        await SaveMetersAsync();
        var rows = await RowsAsync(since, until, query.By, cancellationToken);
        var (breakEven, unknown) = await BreakEvenAsync(query.TokensPerTrx ?? settlement.TokensPerTrx, cancellationToken);
        return new EarningsReport(query.By, "UTC", since, until, rows, await TotalsAsync(cancellationToken), breakEven, unknown);
    }

    /// <summary>Since midnight UTC.</summary>
    public async Task<EarningsRow> TodayAsync(CancellationToken cancellationToken)
    {
        await SaveMetersAsync();
        var today = Start(time.GetUtcNow(), EarningsPeriod.Day);
        return (await RowsAsync(today, today + TimeSpan.FromDays(1), EarningsPeriod.Day, cancellationToken))[0];
    }

    public async Task<EarningsTotals> TotalsAsync(CancellationToken cancellationToken)
    {
        var totals = await ledger.TotalsAsync(cancellationToken);
        var underWay = (await ledger.ChannelSummariesAsync(cancellationToken))
            .Aggregate(TokenAmount.Zero, static (sum, channel) => sum + channel.UnderWay);
        return new EarningsTotals
        {
            Earned = totals.Accepted,
            Claimable = totals.Unclaimed.SubtractSaturating(underWay),
            UnderWay = underWay,
            Claimed = totals.Claimed,
            Lost = totals.Lost,
            Debt = totals.Debt,
            FeesSun = totals.Fees,
            Channels = totals.Channels,
            OpenSessions = sessions.Count,
            BytesDelivered = totals.Delivered.Value,
            BytesPaid = totals.Paid.Value,
        };
    }

    /// <summary>Every period that begins in [since, until), those without earnings too.</summary>
    private async Task<IReadOnlyList<EarningsRow>> RowsAsync(
        DateTimeOffset since, DateTimeOffset until, EarningsPeriod by, CancellationToken cancellationToken)
    {
        var periods = Enumerable.Range(0, MaxRows + 1).Select(i => since + (i * Length(by))).TakeWhile(from => from < until).ToArray();
        var hours = (await ledger.EarningsAsync(since, periods[^1] + Length(by), cancellationToken)).ToLookup(hour => Start(hour.Hour, by));
        return [.. periods.Select(from => hours[from].Aggregate(EarningsRow.Nothing(from), static (row, hour) => row.Add(hour)))];
    }

    // The meters of live sessions are written down, so that bytes and debts are those of now.
    private async Task SaveMetersAsync()
    {
        foreach (var session in sessions.All)
        {
            await saver.SaveAsync(session);
        }
    }

    private async Task<(BreakEvenReport? Report, string? Unknown)> BreakEvenAsync(TokenAmount? rate, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ChainPatience);
        try
        {
            var account = await chain.Value.SubmitterAsync(patience.Token);
            return (BreakEven.Of(
                account.Costs, offer.Price, settlement.MaxFeePercent, rate, settlement.MaxRowsPerClaim), null);
        }
        catch (Exception e) when (e is ChainException or RelayConfigurationException)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "The chain does not answer.");
        }
    }

    private DateTimeOffset DefaultSince(EarningsPeriod by) =>
        time.GetUtcNow() - (by == EarningsPeriod.Hour ? TimeSpan.FromHours(23) : TimeSpan.FromDays(29));

    private static TimeSpan Length(EarningsPeriod by) => by == EarningsPeriod.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);

    private static DateTimeOffset Start(DateTimeOffset moment, EarningsPeriod by) =>
        new(moment.UtcTicks - (moment.UtcTicks % Length(by).Ticks), TimeSpan.Zero);
}
