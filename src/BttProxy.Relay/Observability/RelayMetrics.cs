using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Reloading;

namespace BttProxy.Relay.Observability;

/// <summary>
/// What gateway and worker measure. Label values come from closed sets (<see cref="Instruments"/>): never addresses, info-hashes or wallets.
/// </summary>
internal sealed class RelayMetrics
{
    public const string MeterName = "BttProxy";

    private static readonly KeyValuePair<string, object?> Currency = new("currency", "BTT");

    // Around what the alarms ask: 50 ms for a voucher, 20 s for a first byte, the default credit wait of 15 s.
    private static readonly double[] VoucherSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
    private static readonly double[] FirstByteSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60];
    private static readonly double[] CreditSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];

    private readonly ConcurrentDictionary<OverloadCause, Func<bool>> _overloads = [];
    private readonly Counter<long> _responseBytes;
    private readonly Counter<long> _paidBytes;
    private readonly Counter<long> _unpaidBytes;
    private readonly Counter<double> _earnings;
    private readonly Histogram<double> _voucherCheck;
    private readonly Histogram<double> _creditWait;
    private readonly UpDownCounter<long> _activeStreams;
    private readonly UpDownCounter<long> _activeSessions;
    private readonly Counter<long> _sessionsRejected;
    private readonly Counter<long> _authRejected;
    private readonly Histogram<double> _firstByte;
    private readonly Counter<double> _stalls;
    private readonly Counter<long> _contentRefused;
    private readonly Counter<long> _ledgerFailures;
    private readonly Counter<long> _reloads;

    public RelayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _responseBytes = meter.CreateCounter<long>("bttproxy.relay.response.body.size", "By", "Paid content written to clients.");
        _paidBytes = meter.CreateCounter<long>("bttproxy.relay.paid.size", "By", "Content that vouchers cover.");
        _unpaidBytes = meter.CreateCounter<long>("bttproxy.relay.unpaid.size", "By", "Content that was forgiven or left unpaid.");
        _earnings = meter.CreateCounter<double>("bttproxy.relay.earnings", "{unit}", "Value of vouchers in whole tokens, by state.");
        _voucherCheck = Histogram("bttproxy.voucher.check.duration", "Time to check and store a voucher.", VoucherSeconds);
        _creditWait = Histogram("bttproxy.relay.credit.wait.duration", "Time responses waited for a payment.", CreditSeconds);
        _activeStreams = meter.CreateUpDownCounter<long>("bttproxy.relay.streams.active", "{stream}", "Content responses in progress.");
        _activeSessions = meter.CreateUpDownCounter<long>("bttproxy.relay.sessions.active", "{session}", "Open sessions.");
        _sessionsRejected = meter.CreateCounter<long>("bttproxy.relay.session.rejected", "{session}", "Sessions refused, by reason.");
        _authRejected = meter.CreateCounter<long>("bttproxy.auth.rejected", "{request}", "Requests whose path token was wrong, by reason.");
        _firstByte = Histogram("bttproxy.relay.time_to_first_byte", "Time until the first content byte was written.", FirstByteSeconds);
        _stalls = meter.CreateCounter<double>("bttproxy.relay.stall.duration", "s", "Time that responses waited, by what for.");
        _contentRefused = meter.CreateCounter<long>("bttproxy.content.refused", "{request}", "Requests of which a worker gave nothing, by reason.");
        _ledgerFailures = meter.CreateCounter<long>("bttproxy.ledger.failures", "{failure}", "Reads and writes of the ledger that failed.");
        _reloads = meter.CreateCounter<long>("bttproxy.relay.config.reloads", "{reload}", "Times that the configuration was read again, by what came of it.");
        meter.CreateObservableGauge("bttproxy.overload", Overloads, description: "1 while a limit makes the relay turn clients away, by which.");

        Histogram<double> Histogram(string name, string description, double[] bounds) =>
            meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
    }

    public void StreamStarted(string transport) => _activeStreams.Add(1, Tag("transport", transport));

    public void StreamEnded(string transport, ResponseOutcome outcome, long bytes)
    {
        _activeStreams.Add(-1, Tag("transport", transport));
        _responseBytes.Add(bytes, LabelValue.Tag("outcome", outcome), Tag("transport", transport));
    }

    public void FirstByte(TimeSpan elapsed, ContentSource source) => _firstByte.Record(elapsed.TotalSeconds, LabelValue.Tag("source", source));

    public void Stalled(StallPhase phase, TimeSpan elapsed) => _stalls.Add(elapsed.TotalSeconds, LabelValue.Tag("phase", phase));

    public void ContentRefused(ContentRefusal reason) => _contentRefused.Add(1, LabelValue.Tag("reason", reason));

    public void Paid(long bytes, TokenAmount amount)
    {
        _paidBytes.Add(bytes, Currency);
        Earned("accepted", amount);
    }

    public void Forgiven(long bytes) => _unpaidBytes.Add(bytes, Tag("reason", "abort"));

    /// <summary>A session ended.</summary>
    /// <param name="bytes">Delivered in it, and neither paid nor forgiven.</param>
    /// <param name="wasCheating">It paid with vouchers that prove misbehaviour.</param>
    public void LeftUnpaid(long bytes, bool wasCheating) => _unpaidBytes.Add(bytes, Tag("reason", wasCheating ? "bad_voucher" : "expired"));

    public void VoucherChecked(TimeSpan elapsed, bool accepted) =>
        _voucherCheck.Record(elapsed.TotalSeconds, Tag("result", accepted ? "accepted" : "refused"));

    public void CreditWaited(TimeSpan elapsed, bool paid)
    {
        _creditWait.Record(elapsed.TotalSeconds, Tag("result", paid ? "paid" : "cut"));
        Stalled(StallPhase.Credit, elapsed);
    }

    public void SessionOpened() => _activeSessions.Add(1);

    public void SessionClosed() => _activeSessions.Add(-1);

    public void SessionRejected(SessionRejection reason) => _sessionsRejected.Add(1, LabelValue.Tag("reason", reason));

    public void TokenRejected(string reason) => _authRejected.Add(1, Tag("reason", reason));

    public void LedgerFailed() => _ledgerFailures.Add(1);

    public void Reloaded(ReloadResult result) => _reloads.Add(1, LabelValue.Tag("result", result));

    public void Settled(TokenAmount amount) => Earned("settled", amount);

    public void Lost(TokenAmount amount) => Earned("lost", amount);

    /// <summary>From now on says whether this limit turns clients away.</summary>
    public void WatchOverload(OverloadCause cause, Func<bool> isOverloaded) => _overloads[cause] = isOverloaded;

    // A metric, not money: dashboards want tokens, and 53 bits of precision are enough to draw a line.
    public static double Btt(TokenAmount amount) => (double)amount.Units / 1e18;

    private void Earned(string state, TokenAmount amount) => _earnings.Add(Btt(amount), Currency, Tag("state", state));

    private IEnumerable<Measurement<int>> Overloads() =>
        _overloads.Select(overload => new Measurement<int>(overload.Value() ? 1 : 0, LabelValue.Tag("cause", overload.Key)));

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
