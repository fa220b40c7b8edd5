using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Metering;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Pricing;
using BttProxy.Relay.Sessions;

namespace BttProxy.Relay.Policies;

/// <summary>
/// Compares what clients got with the quotas, once a second: a second's traffic is the most that passes beyond. When one is used up the relay
/// hibernates until the next day or month begins.
/// </summary>
internal sealed partial class QuotaWatch(
    CurrentPolicy policy, CurrentOffer offer, RelayLedger ledger, SessionRegistry sessions, SessionSaver saver, ActiveResponses responses,
    Hibernation hibernation, RelayMetrics metrics, TimeProvider time, ILogger<QuotaWatch> logger) : WatchedLoop(RelayLoop.QuotaWatch, Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly QuotaMeter _meter = new();
    private TimeZoneInfo? _zone;

    /// <summary>Day and month, with quota or without.</summary>
    public IReadOnlyList<QuotaUse> Use => [UseOf(QuotaPeriod.Day), UseOf(QuotaPeriod.Month)];

    /// <summary>Reads what this day and month had before the start; before the first session, so that a restart gives nothing away.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Turn();
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (LedgerException e)
            {
                metrics.LedgerFailed();
                LogLedgerFailed(e);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var zone = offer.Terms.Prices.Zone;
        if (!zone.Equals(_zone))
        {
            await ReadLedgerAsync(zone, cancellationToken);
            _zone = zone;
        }

        var reached = Use.Where(static use => use.IsReached).MaxBy(static use => use.Until);
        if (hibernation.IsOn != reached is not null)
        {
            LogHibernation(reached is null ? "The relay sells again: a new day or month has begun, or the quota was raised"
                : $"The quota of the {LabelValue.Of(reached.Period)} is used up: nothing is sold until {reached.Until.UtcDateTime:u}");
        }

        hibernation.Set(reached?.Period, reached?.Until ?? default);
    }

    private QuotaUse UseOf(QuotaPeriod period)
    {
        var (now, zone) = (Time.GetUtcNow(), _zone ?? offer.Terms.Prices.Zone);
        var used = _meter.Used(period, QuotaCalendar.Start(period, now, zone), responses.Delivered);
        return new QuotaUse(period, used, policy.Policy.Quota(period), QuotaCalendar.End(period, now, zone));
    }

    // The ledger keeps whole hours: where a day begins within one, that hour counts for it.
    private async Task ReadLedgerAsync(TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        foreach (var session in sessions.All)
        {
            await saver.SaveAsync(session);
        }

        var now = Time.GetUtcNow();
        var month = QuotaCalendar.Start(QuotaPeriod.Month, now, zone);
        var hours = await ledger.EarningsAsync(month - TimeSpan.FromHours(1), now + TimeSpan.FromHours(1), cancellationToken);
        foreach (var period in Enum.GetValues<QuotaPeriod>())
        {
            var start = QuotaCalendar.Start(period, now, zone);
            var used = hours.Where(hour => hour.Hour + TimeSpan.FromHours(1) > start).Sum(static hour => hour.Delivered.Value);
            _meter.Set(period, start, used, responses.Delivered);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}")]
    private partial void LogHibernation(string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "What was delivered so far could not be read; quotas count from the last time that it was")]
    private partial void LogLedgerFailed(Exception exception);
}
