using System.Data.Common;
using BttProxy.Ledger.Storage;

namespace BttProxy.Ledger.Earnings;

/// <summary>What an operator asks of the ledger.</summary>
internal static class ChannelSummaries
{
    private const string Claim = $"""
        q.id, q.channel_id, q.epoch, CASE WHEN {RelayReads.IsOutdated} THEN m.accepted ELSE q.amount END, q.state, q.note, q.updated_at, q.txid,
        t.state, t.fee
        """;

    /// <summary>Every channel, in no order.</summary>
    public static List<ChannelSummary> All(DbConnection connection)
    {
        using var statement = new Statement(connection, $"""
            SELECT {Claim}, c.id, c.payer, c.withdraw_at, c.settled_before, c.lost, ({RelayReads.Debt}),
              m.epoch, m.reserved, m.claimed, m.accepted, m.accepted_at, c.closing_epoch
            FROM channel c JOIN channel_money m ON m.id = c.id
              LEFT JOIN claim q ON q.id = (SELECT max(id) FROM claim WHERE channel_id = c.id)
              LEFT JOIN claim_transaction t ON t.txid = q.txid
            """);
        return statement.All(row => new ChannelSummary
        {
            Claim = row.IsDBNull(0) ? null : ReadClaim(row),
            Id = row.ChannelId(10),
            Payer = row.Address(11),
            SettledBefore = row.Amount(13),
            Lost = row.Amount(14),
            Debt = row.AmountOrZero(15),
            OnChain = new OnChainState(row.Unsigned(16), row.Amount(17), row.Amount(18), row.IsDBNull(12) ? null : row.Unsigned(12)),
            Accepted = row.Amount(19),
            AcceptedAt = row.TimeOrNull(20),
            IsClosing = !row.IsDBNull(21) && row.Unsigned(21) == row.Unsigned(16),
        });
    }

    /// <summary>In the order of the ids; unknown ones are left out.</summary>
    public static List<ClaimSummary> Claims(DbConnection connection, IReadOnlyList<long> claimIds)
    {
        using var statement = new Statement(connection, $"""
            SELECT {Claim} FROM claim q JOIN channel_money m ON m.id = q.channel_id LEFT JOIN claim_transaction t ON t.txid = q.txid WHERE q.id = @0
            """);
        return [.. claimIds.Select(id => statement.First(ReadClaim, id)).OfType<ClaimSummary>()];
    }

    private static ClaimSummary ReadClaim(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        ChannelId = row.ChannelId(1),
        Epoch = row.Unsigned(2),
        Amount = row.Amount(3),
        State = (ClaimState)row.GetInt32(4),
        Note = row.IsDBNull(5) ? null : row.GetString(5),
        UpdatedAt = row.Time(6),
        TransactionId = row.IsDBNull(7) ? null : row.Word(7),
        Transaction = row.IsDBNull(8) ? null : (ClaimTransactionState)row.GetInt32(8),
        Fee = row.IsDBNull(9) ? null : row.GetInt64(9),
    };
}
