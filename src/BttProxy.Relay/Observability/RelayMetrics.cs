using System.Diagnostics.Metrics;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Observability;

/// <summary>What the relay measures. Label values come from closed sets: never addresses, info-hashes or wallets.</summary>
internal sealed class RelayMetrics
{
    public const string MeterName = "BttProxy";

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

    public RelayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _responseBytes = meter.CreateCounter<long>("bttproxy.relay.response.body.size", "By", "Paid content written to clients.");
        _paidBytes = meter.CreateCounter<long>("bttproxy.relay.paid.size", "By", "Content that vouchers cover.");
        _unpaidBytes = meter.CreateCounter<long>("bttproxy.relay.unpaid.size", "By", "Content that was forgiven or left unpaid.");
        _earnings = meter.CreateCounter<double>("bttproxy.relay.earnings", "{BTT}", "Value of vouchers, by state.");
        _voucherCheck = meter.CreateHistogram<double>("bttproxy.voucher.check.duration", "s", "Time to check and store a voucher.");
        _creditWait = meter.CreateHistogram<double>("bttproxy.relay.credit.wait.duration", "s", "Time responses waited for a payment.");
        _activeStreams = meter.CreateUpDownCounter<long>("bttproxy.relay.streams.active", "{stream}", "Content responses in progress.");
        _activeSessions = meter.CreateUpDownCounter<long>("bttproxy.relay.sessions.active", "{session}", "Open sessions.");
        _sessionsRejected = meter.CreateCounter<long>("bttproxy.relay.session.rejected", "{session}", "Sessions refused, by reason.");
        _authRejected = meter.CreateCounter<long>("bttproxy.auth.rejected", "{request}", "Requests whose path token was wrong, by reason.");
        _firstByte = meter.CreateHistogram<double>("bttproxy.relay.time_to_first_byte", "s", "Time until the first content byte was written.");
    }

    public void StreamStarted(string transport) => _activeStreams.Add(1, Tag("transport", transport));

    public void StreamEnded(string transport, ResponseOutcome outcome, long bytes)
    {
        _activeStreams.Add(-1, Tag("transport", transport));
        _responseBytes.Add(bytes, Tag("outcome", Label(outcome)), Tag("transport", transport));
    }

    public void FirstByte(TimeSpan elapsed) => _firstByte.Record(elapsed.TotalSeconds);

    public void Paid(long bytes, TokenAmount amount)
    {
        _paidBytes.Add(bytes);
        _earnings.Add(Btt(amount), Tag("state", "accepted"));
    }

    public void Forgiven(long bytes) => _unpaidBytes.Add(bytes, Tag("reason", "abort"));

    public void LeftUnpaid(long bytes) => _unpaidBytes.Add(bytes, Tag("reason", "expired"));

    public void VoucherChecked(TimeSpan elapsed, bool accepted) =>
        _voucherCheck.Record(elapsed.TotalSeconds, Tag("result", accepted ? "accepted" : "refused"));

    public void CreditWaited(TimeSpan elapsed, bool paid) =>
        _creditWait.Record(elapsed.TotalSeconds, Tag("result", paid ? "paid" : "cut"));

    public void SessionOpened() => _activeSessions.Add(1);

    public void SessionClosed() => _activeSessions.Add(-1);

    public void SessionRejected(SessionRejection reason) => _sessionsRejected.Add(1, Tag("reason", reason.ToString()));

    public void TokenRejected(string reason) => _authRejected.Add(1, Tag("reason", reason));

    public void Settled(TokenAmount amount) => _earnings.Add(Btt(amount), Tag("state", "settled"));

    public void Lost(TokenAmount amount) => _earnings.Add(Btt(amount), Tag("state", "lost"));

    // A metric, not money: dashboards want tokens, and 53 bits of precision are enough to draw a line.
    public static double Btt(TokenAmount amount) => (double)amount.Units / 1e18;

    private static string Label(ResponseOutcome outcome) => outcome switch
    {
        ResponseOutcome.Complete => "complete",
        ResponseOutcome.CreditCut => "credit_cut",
        _ => "aborted",
    };

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
