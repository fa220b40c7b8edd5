using BttProxy.Protocol.Messages;
using BttProxy.Relay.Sessions;

namespace BttProxy.Relay.Operations;

/// <summary>The live sessions, and how fast bytes pass now: the meters are read twice, a second apart, so that the byte path counts nothing more.</summary>
internal sealed class SessionLister(SessionRegistry sessions, RunningParts parts, TimeProvider time)
{
    private const int MaxRows = 10_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task<SessionsReport> ListAsync(CancellationToken cancellationToken)
    {
        var rates = await MeasureAsync(cancellationToken);
        var rows = sessions.All.Select(session => Row(session, rates.GetValueOrDefault(session.Id)))
            .OrderByDescending(static row => row.Rate).ThenByDescending(static row => row.Since).ToArray();
        return new SessionsReport(parts.StartedAt is not null, [.. rows.Take(MaxRows)], Math.Max(0, rows.Length - MaxRows));
    }

    /// <summary>Bytes per second to all clients together.</summary>
    public async Task<long> RateAsync(CancellationToken cancellationToken) => (await MeasureAsync(cancellationToken)).Values.Sum();

    private async Task<Dictionary<SessionId, long>> MeasureAsync(CancellationToken cancellationToken)
    {
        var before = sessions.All.ToDictionary(static session => session.Id, static session => session.Gate.Taken);
        if (before.Count == 0)
        {
            return [];
        }

        var start = time.GetTimestamp();
        await Task.Delay(Interval, time, cancellationToken);
        var seconds = Math.Max(time.GetElapsedTime(start).TotalSeconds, Interval.TotalSeconds / 2);
        return sessions.All.Where(session => before.ContainsKey(session.Id))
            .ToDictionary(static session => session.Id, session => (long)((session.Gate.Taken - before[session.Id]) / seconds));
    }

    private static SessionRow Row(RelaySession session, long rate)
    {
        var (credit, record) = (session.Credit, session.ToRecord());
        return new SessionRow
        {
            Channel = session.Channel.Id,
            Payer = session.Channel.Terms.Payer,
            Since = record.OpenedAt,
            Activity = credit.IsFrozen ? SessionActivity.Frozen
                : !session.IsServing ? SessionActivity.Idle
                : session.Gate.Limit <= session.Gate.Taken ? SessionActivity.WaitsForPayment
                : SessionActivity.Serving,
            BytesDelivered = credit.Delivered.Value,
            BytesForgiven = credit.Forgiven.Value,
            BytesPaid = credit.Paid.Value,
            BytesCredit = credit.Available.Value,
            BytesWindow = credit.Size.Value,
            Debt = record.Debt,
            Rate = rate,
        };
    }
}
