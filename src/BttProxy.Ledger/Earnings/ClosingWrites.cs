using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Earnings;

/// <summary>Changes of closes on their way, and the questions about them.</summary>
internal sealed class ClosingWrites(DbConnection connection) : IDisposable
{
    private const string Select = "SELECT channel_id, epoch, final, txid, payload, expires_at FROM closing";

    private readonly Statement _save = new(connection, """
        INSERT INTO closing (channel_id, epoch, final, txid, payload, expires_at) VALUES (@0, @1, @2, @3, @4, @5)
        ON CONFLICT (channel_id) DO UPDATE SET epoch = excluded.epoch, final = excluded.final, txid = excluded.txid, payload = excluded.payload,
          expires_at = excluded.expires_at
        """);

    private readonly Statement _find = new(connection, Select + " WHERE channel_id = @0");

    private readonly Statement _remove = new(connection, "DELETE FROM closing WHERE channel_id = @0");

    public bool Save(ChannelClosing closing) => _save.Execute(
        closing.ChannelId.ToDb(), closing.Epoch.ToDb(), closing.Final.ToDb(), closing.TransactionId.ToArray(), closing.Payload.ToArray(),
        closing.ExpiresAt.ToDb()) > 0;

    public ChannelClosing? Find(ChannelId id) => _find.First(Read, id.ToDb());

    public bool Remove(ChannelId id) => _remove.Execute(id.ToDb()) > 0;

    public static ChannelClosing? Find(DbConnection connection, ChannelId id)
    {
        using var statement = new Statement(connection, Select + " WHERE channel_id = @0");
        return statement.First(Read, id.ToDb());
    }

    public static List<ChannelClosing> All(DbConnection connection)
    {
        using var statement = new Statement(connection, Select);
        return statement.All(Read);
    }

    public void Dispose()
    {
        _save.Dispose();
        _find.Dispose();
        _remove.Dispose();
    }

    private static ChannelClosing Read(DbDataReader row) =>
        new(row.ChannelId(0), row.Unsigned(1), row.Amount(2), row.Word(3), row.Blob(4), row.Time(5));
}
