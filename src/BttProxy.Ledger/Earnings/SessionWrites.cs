using System.Data.Common;
using BttProxy.Ledger.Storage;

namespace BttProxy.Ledger.Earnings;

/// <summary>Saving sessions: one row each, because every voucher does it.</summary>
internal sealed class SessionWrites(DbConnection connection, HourlyTally tally, TimeProvider time) : IDisposable
{
    // A save that was made earlier and comes later must not take bytes back. Forgiven bytes can fall, when a payment shows that they
    // arrived: there the save that knows of more deliveries or payments wins.
    private readonly Statement _save = new(connection, """
        INSERT INTO session
          (id, channel_id, epoch, price, base, outstanding, delivered, forgiven, paid, window, debt, opened_at, updated_at, closed_at)
        SELECT @0, id, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13 FROM channel WHERE id = @1
        ON CONFLICT (id) DO UPDATE SET delivered = max(delivered, excluded.delivered), paid = max(paid, excluded.paid),
          forgiven = CASE
            WHEN excluded.delivered = delivered AND excluded.paid = paid THEN max(forgiven, excluded.forgiven)
            WHEN excluded.delivered >= delivered AND excluded.paid >= paid THEN excluded.forgiven
            ELSE forgiven END,
          window = excluded.window, debt = excluded.debt, updated_at = excluded.updated_at,
          closed_at = ifnull(excluded.closed_at, closed_at)
        WHERE channel_id = excluded.channel_id
        """);

    private readonly Statement _delivered = new(connection, "SELECT delivered FROM session WHERE id = @0");

    private readonly Statement _endAll = new(connection, "UPDATE session SET closed_at = @0 WHERE closed_at IS NULL");

    public int EndAll() => _endAll.Execute(time.GetUtcNow().ToDb());

    /// <exception cref="InvalidOperationException">The session's channel was never saved, or the session is of another channel.</exception>
    public void Save(SessionRecord session)
    {
        var before = _delivered.First(row => row.Bytes(0), session.Id.ToDb());
        var rows = _save.Execute(
            session.Id.ToDb(), session.ChannelId.ToDb(), session.Epoch.ToDb(), session.Price.ToDb(), session.Base.ToDb(),
            session.Outstanding.ToDb(), session.Delivered.Value, session.Forgiven.Value, session.Paid.Value, session.Window.Value,
            session.Debt.ToDb(), session.OpenedAt.ToDb(), time.GetUtcNow().ToDb(), session.ClosedAt?.ToDb());
        if (rows == 0)
        {
            throw new InvalidOperationException(
                $"Session {session.Id}: its channel {session.ChannelId} was never saved, or is not the one it began with.");
        }

        tally.Delivered(session.Delivered.SubtractSaturating(before));
    }

    public void Dispose()
    {
        _save.Dispose();
        _delivered.Dispose();
        _endAll.Dispose();
    }
}
