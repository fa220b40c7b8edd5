using System.Data.Common;
using BttProxy.Ledger.Storage;

namespace BttProxy.Ledger.Earnings;

/// <summary>Saving sessions; a channel's lifetime bytes follow by the difference to what was saved before.</summary>
internal sealed class SessionWrites(DbConnection connection, TimeProvider time) : IDisposable
{
    private readonly Statement _before = new(connection, "SELECT delivered, forgiven, paid FROM session WHERE id = @0 AND channel_id = @1");

    private readonly Statement _save = new(connection, """
        INSERT INTO session (id, channel_id, epoch, price, base, outstanding, delivered, forgiven, paid, window, debt, opened_at, updated_at, closed_at)
        VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13)
        ON CONFLICT (id) DO UPDATE SET delivered = excluded.delivered, forgiven = excluded.forgiven, paid = excluded.paid,
          window = excluded.window, debt = excluded.debt, updated_at = excluded.updated_at, closed_at = excluded.closed_at
        """);

    // A session of an epoch that has closed in the meantime still counts its bytes, but its debt is void.
    private readonly Statement _addBytes = new(connection, """
        UPDATE channel SET delivered = delivered + @1, forgiven = forgiven + @2, paid = paid + @3,
          debt = CASE WHEN (SELECT epoch FROM channel_money WHERE id = @0) = @5 THEN @4 ELSE debt END
        WHERE id = @0
        """);

    private readonly Statement _window = new(connection, """
        INSERT INTO payer (address, window, updated_at) SELECT payer, @1, @2 FROM channel WHERE id = @0
        ON CONFLICT (address) DO UPDATE SET window = excluded.window, updated_at = excluded.updated_at
        """);

    /// <exception cref="InvalidOperationException">The session's channel was never saved, or its bytes went down.</exception>
    public void Save(SessionRecord session)
    {
        var before = _before.First(row => (Delivered: row.GetInt64(0), Forgiven: row.GetInt64(1), Paid: row.GetInt64(2)), session.Id.ToDb(), session.ChannelId.ToDb());
        var (delivered, forgiven, paid) = (session.Delivered.Value - before.Delivered, session.Forgiven.Value - before.Forgiven, session.Paid.Value - before.Paid);
        if (delivered < 0 || forgiven < 0 || paid < 0)
        {
            throw new InvalidOperationException($"Session {session.Id} was saved with more bytes before.");
        }

        var (id, now) = (session.ChannelId.ToDb(), time.GetUtcNow().ToDb());
        if (_addBytes.Execute(id, delivered, forgiven, paid, session.Debt.ToDb(), session.Epoch.ToDb()) == 0)
        {
            throw new InvalidOperationException($"Channel {session.ChannelId} must be saved before its sessions.");
        }

        _save.Execute(
            session.Id.ToDb(), id, session.Epoch.ToDb(), session.Price.ToDb(), session.Base.ToDb(), session.Outstanding.ToDb(),
            session.Delivered.Value, session.Forgiven.Value, session.Paid.Value, session.Window.Value, session.Debt.ToDb(),
            session.OpenedAt.ToDb(), now, session.ClosedAt?.ToDb());
        _window.Execute(id, session.Window.Value, now);
    }

    public void Dispose()
    {
        _before.Dispose();
        _save.Dispose();
        _addBytes.Dispose();
        _window.Dispose();
    }
}
