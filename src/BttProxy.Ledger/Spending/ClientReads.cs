using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Spending;

/// <summary>The client's queries.</summary>
internal static class ClientReads
{
    public const string SelectChannels = """
        SELECT payer, signer, payee, authorizer, token, withdraw_delay, salt, id, relay_id, epoch, reserved, signed, signature, spent_before, quarantine
        FROM channel
        """;

    public static ClientChannel Channel(DbDataReader row)
    {
        var (id, epoch) = (row.ChannelId(7), row.Unsigned(9));
        return new ClientChannel
        {
            Id = id,
            Relay = new RelayId(row.Word(8)),
            Terms = row.Terms(0),
            Epoch = epoch,
            Reserved = row.Amount(10),
            Highest = row.IsDBNull(12) ? null : new SignedVoucher(new Voucher(id, epoch, row.Amount(11)), row.Signature(12)),
            SpentBefore = row.Amount(13),
            Quarantine = row.IsDBNull(14) ? null : row.GetString(14),
        };
    }

    public static ClientChannel? Find(DbConnection connection, ChannelId id)
    {
        using var statement = new Statement(connection, SelectChannels + " WHERE id = @0");
        return statement.First(Channel, id.ToDb());
    }

    public static List<ClientChannel> Channels(DbConnection connection, RelayId? relay)
    {
        using var statement = new Statement(connection, SelectChannels + " WHERE @0 IS NULL OR relay_id = @0 ORDER BY created_at");
        return statement.All(Channel, relay?.Value.ToArray());
    }

    public static Spend SpendOf(DbConnection connection, string torrent)
    {
        using var statement = new Statement(connection, "SELECT amount, bytes FROM spend WHERE torrent = @0");
        return Sum(statement.All(ReadSpend, torrent));
    }

    public static Spend SpendOn(DbConnection connection, DateOnly day)
    {
        using var statement = new Statement(connection, "SELECT amount, bytes FROM spend WHERE day = @0");
        return Sum(statement.All(ReadSpend, (long)day.DayNumber));
    }

    public static List<SpendEntry> Spends(DbConnection connection, DateOnly first, DateOnly last)
    {
        using var statement = new Statement(
            connection, "SELECT amount, bytes, day, torrent, relay_id FROM spend WHERE day BETWEEN @0 AND @1 ORDER BY day");
        return statement.All(
            row => new SpendEntry(DateOnly.FromDayNumber(row.GetInt32(2)), row.GetString(3), new RelayId(row.Word(4)), ReadSpend(row)),
            (long)first.DayNumber,
            (long)last.DayNumber);
    }

    private static Spend ReadSpend(DbDataReader row) => new(row.Amount(0), row.Bytes(1));

    private static Spend Sum(List<Spend> spends) => spends.Aggregate(default(Spend), (sum, next) => sum + next);
}
