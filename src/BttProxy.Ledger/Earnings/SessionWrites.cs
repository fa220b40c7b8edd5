using System.Data.Common;
using BttProxy.Ledger.Storage;

namespace BttProxy.Ledger.Earnings;

/// <summary>Saving sessions: one row each, because every voucher does it.</summary>
internal sealed class SessionWrites(DbConnection connection, TimeProvider time) : IDisposable
{
    private readonly Statement _save = new(connection, """
        INSERT INTO session (id, channel_id, epoch, price, base, outstanding, delivered, forgiven, paid, window, debt, opened_at, updated_at, closed_at)
        SELECT @0, id, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13 FROM channel WHERE id = @1
        ON CONFLICT (id) DO UPDATE SET delivered = excluded.delivered, forgiven = excluded.forgiven, paid = excluded.paid,
          window = excluded.window, debt = excluded.debt, updated_at = excluded.updated_at, closed_at = excluded.closed_at
        WHERE channel_id = excluded.channel_id AND delivered <= excluded.delivered AND forgiven <= excluded.forgiven AND paid <= excluded.paid
        """);

    /// <exception cref="InvalidOperationException">The session's channel was never saved, or its bytes went down.</exception>
    public void Save(SessionRecord session)
    {
        var rows = _save.Execute(
            session.Id.ToDb(), session.ChannelId.ToDb(), session.Epoch.ToDb(), session.Price.ToDb(), session.Base.ToDb(),
            session.Outstanding.ToDb(), session.Delivered.Value, session.Forgiven.Value, session.Paid.Value, session.Window.Value,
            session.Debt.ToDb(), session.OpenedAt.ToDb(), time.GetUtcNow().ToDb(), session.ClosedAt?.ToDb());
        if (rows == 0)
        {
            throw new InvalidOperationException($"Session {session.Id} of channel {session.ChannelId}: its channel is unknown, or it was saved with more bytes before.");
        }
    }

    public void Dispose() => _save.Dispose();
}
