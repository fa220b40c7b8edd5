using System.Diagnostics.Metrics;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;

namespace BttProxy.Relay.Observability;

/// <summary>
/// What settlement measures, and its alarms: money that waits too long, a relay that cannot pay fees, a worker that stands still. A gauge that
/// ages does so by itself, so that a part that died silently is seen; in a process that does not settle it stays at 0.
/// </summary>
internal sealed class SettlementMetrics
{
    private const double SunPerTrx = 1_000_000;

    private readonly RelayMetrics _relay;
    private readonly TimeProvider _time;
    private readonly Counter<long> _claims;
    private readonly Counter<long> _transactions;
    private readonly Counter<double> _fees;
    private readonly Counter<long> _differences;
    private long _lastPass;
    private long _lastReconcile;
    private long _oldestPending;
    private long _pending;
    private long _sun = -1;
    private long _needed;
    private double _unclaimed;
    private long _withdrawAt;

    public SettlementMetrics(IMeterFactory meters, RelayMetrics relay, TimeProvider time)
    {
        (_relay, _time) = (relay, time);
        var meter = meters.Create(RelayMetrics.MeterName);
        _claims = meter.CreateCounter<long>("bttproxy.settlement.claims", "{claim}", "Claimed channels, by outcome.");
        _transactions = meter.CreateCounter<long>("bttproxy.settlement.transactions", "{transaction}", "Transactions of claims, by how they ended.");
        _fees = meter.CreateCounter<double>("bttproxy.settlement.fees", "{TRX}", "Burnt by claims.");
        _differences = meter.CreateCounter<long>("bttproxy.settlement.differences", "{channel}", "Channels that the chain knew better, by kind.");
        Gauge("bttproxy.settlement.pending", "{transaction}", "Transactions of claims under way.", () => Volatile.Read(ref _pending));
        Gauge("bttproxy.settlement.pending.age", "s", "Age of the oldest of them.", () => AgeOf(Volatile.Read(ref _oldestPending)));
        Gauge("bttproxy.settlement.unclaimed", "{BTT}", "Accepted and not yet claimed.", () => Volatile.Read(ref _unclaimed));
        Gauge("bttproxy.settlement.pass.age", "s", "Since settlement last did its work without a failure.", () => AgeOf(Volatile.Read(ref _lastPass)));
        Gauge("bttproxy.settlement.reconcile.age", "s", "Since the whole ledger was last compared with the chain.", () => AgeOf(Volatile.Read(ref _lastReconcile)));
        Gauge("bttproxy.settlement.withdraw.remaining", "s", "Until the first payer with unclaimed vouchers may take the money back; a year when none asked.", Remaining);
        Gauge("bttproxy.settlement.trx.balance", "{TRX}", "Of the account that pays for claims; -1 while unknown.", () => Volatile.Read(ref _sun) < 0 ? -1 : Volatile.Read(ref _sun) / SunPerTrx);
        Gauge("bttproxy.settlement.trx.short", "{TRX}", "Lacking to claim everything that is unclaimed; 0 when there is enough.", Short);

        void Gauge(string name, string unit, string description, Func<double> value) => meter.CreateObservableGauge(name, value, unit, description);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    public void Settled(TokenAmount paid)
    {
        _claims.Add(1, Tag("outcome", "settled"));
        _relay.Settled(paid);
    }

    public void Refused() => _claims.Add(1, Tag("outcome", "refused"));

    /// <summary>A channel's epoch ended before its vouchers were claimed.</summary>
    public void Lost(TokenAmount amount) => _relay.Lost(amount);

    public void Ended(ClaimTransactionEnd end)
    {
        _transactions.Add(1, Tag("outcome", end.State switch
        {
            ClaimTransactionState.Solidified => "solidified",
            ClaimTransactionState.Reverted => "reverted",
            _ => "expired",
        }));
        _fees.Add(end.Fee / SunPerTrx);
    }

    public void Pending(IReadOnlyList<ClaimTransaction> transactions)
    {
        Volatile.Write(ref _pending, transactions.Count);
        Volatile.Write(ref _oldestPending, transactions.Count == 0 ? 0 : transactions.Min(static t => t.CreatedAt).ToUnixTimeSeconds());
    }

    /// <summary>This process settles: from now on it is an alarm when it does not.</summary>
    public void Begin() => _lastPass = _lastReconcile = Now;

    public void Passed() => Volatile.Write(ref _lastPass, Now);

    public void Reconciled(ReconcileReport report)
    {
        Volatile.Write(ref _lastReconcile, Now);
        _differences.Add(report.ClaimedByOthers, Tag("kind", "claimed"));
        _differences.Add(report.Closed, Tag("kind", "closed"));
        _differences.Add(report.Missing, Tag("kind", "missing"));
    }

    public void Unclaimed(IReadOnlyCollection<UnclaimedChannel> channels)
    {
        Volatile.Write(ref _unclaimed, channels.Sum(static channel => RelayMetrics.Btt(channel.Value)));
        if (channels.Count == 0)
        {
            Volatile.Write(ref _needed, 0);
        }

        Volatile.Write(ref _withdrawAt, channels.Min(static channel => (long?)channel.WithdrawAt) ?? 0);
    }

    public void Funds(SubmitterAccount account, int unclaimed, int rowsPerClaim)
    {
        Volatile.Write(ref _needed, account.Costs.Total(unclaimed, rowsPerClaim));
        Volatile.Write(ref _sun, account.Sun);
    }

    private double Short() => Volatile.Read(ref _sun) is >= 0 and var sun ? Math.Max(0, Volatile.Read(ref _needed) - sun) / SunPerTrx : 0;

    private double Remaining() => Volatile.Read(ref _withdrawAt) is > 0 and var at ? at - Now : TimeSpan.FromDays(365).TotalSeconds;

    private double AgeOf(long since) => since == 0 ? 0 : Math.Max(0, Now - since);

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
