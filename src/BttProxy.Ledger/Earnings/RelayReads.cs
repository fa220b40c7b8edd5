using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>The relay's queries. Sums of amounts are made here: SQL has no 128-bit integers.</summary>
internal static class RelayReads
{
    private const string Terms = "c.payer, c.signer, c.payee, c.authorizer, c.token, c.withdraw_delay, c.salt";

    // The newest session of the epoch carries what earlier ones left owing; a closed epoch's debt is void.
    public const string Debt =
        "SELECT debt FROM session WHERE channel_id = c.id AND epoch = m.epoch ORDER BY opened_at DESC, updated_at DESC LIMIT 1";

    // A claim that still waits is sent with the best voucher that there is then.
    public const string IsOutdated = "q.state = 0 AND m.epoch = q.epoch AND m.accepted > q.amount";

    public const string SelectClaims = $"""
        SELECT {Terms}, q.id, q.channel_id, q.epoch,
          CASE WHEN {IsOutdated} THEN m.accepted ELSE q.amount END, CASE WHEN {IsOutdated} THEN m.signature ELSE q.signature END,
          q.state, q.txid, q.note, q.created_at, q.updated_at, c.withdraw_at
        FROM claim q JOIN channel c ON c.id = q.channel_id JOIN channel_money m ON m.id = q.channel_id
        """;

    public static RelayChannel? Channel(DbConnection connection, ChannelId id)
    {
        using var statement = new Statement(connection, $"""
            SELECT {Terms}, c.withdraw_at, ({Debt}), ifnull(s.delivered, 0), ifnull(s.forgiven, 0), ifnull(s.paid, 0), c.settled_before, c.lost,
              m.epoch, m.reserved, m.claimed, m.accepted, m.signature, c.closing_epoch
            FROM channel c JOIN channel_money m ON m.id = c.id
              JOIN (SELECT sum(delivered) AS delivered, sum(forgiven) AS forgiven, sum(paid) AS paid FROM session WHERE channel_id = @0) s
            WHERE c.id = @0
            """);
        return statement.First(
            row =>
            {
                var money = ChannelMoney.ReadAt(row, 14);
                return new RelayChannel
                {
                    Id = id,
                    Terms = row.Terms(0),
                    OnChain = new OnChainState(money.Epoch, money.Reserved, money.Claimed, row.IsDBNull(7) ? null : row.Unsigned(7)),
                    Best = money.Best(id),
                    Debt = row.AmountOrZero(8),
                    Delivered = row.Bytes(9),
                    Forgiven = row.Bytes(10),
                    Paid = row.Bytes(11),
                    SettledBefore = row.Amount(12),
                    Lost = row.Amount(13),
                    IsClosing = !row.IsDBNull(19) && row.Unsigned(19) == money.Epoch,
                };
            },
            id.ToDb());
    }

    public static List<SessionRecord> OpenSessions(DbConnection connection)
    {
        using var statement = new Statement(connection, """
            SELECT id, channel_id, epoch, price, base, outstanding, delivered, forgiven, paid, window, debt, opened_at FROM session
            WHERE closed_at IS NULL
            """);
        return statement.All(row => new SessionRecord
        {
            Id = new SessionId(row.Blob(0)),
            ChannelId = row.ChannelId(1),
            Epoch = row.Unsigned(2),
            Price = row.Price(3),
            Base = row.Amount(4),
            Outstanding = row.Amount(5),
            Delivered = row.Bytes(6),
            Forgiven = row.Bytes(7),
            Paid = row.Bytes(8),
            Window = row.Bytes(9),
            Debt = row.Amount(10),
            OpenedAt = row.Time(11),
        });
    }

    public static ByteCount? Window(DbConnection connection, TronAddress payer)
    {
        using var statement = new Statement(connection, """
            SELECT window FROM channel JOIN session ON session.channel_id = channel.id WHERE payer = @0
            ORDER BY updated_at DESC, session.opened_at DESC LIMIT 1
            """);
        return statement.Scalar(payer.ToArray()) is long window ? new ByteCount(window) : null;
    }

    public static List<UnclaimedChannel> Unclaimed(DbConnection connection)
    {
        using var statement = new Statement(connection, """
            SELECT m.id, m.accepted, m.claimed, m.accepted_at, c.withdraw_at, c.payer,
              CASE WHEN NOT EXISTS (SELECT 1 FROM session WHERE channel_id = m.id AND closed_at IS NULL)
                THEN (SELECT max(closed_at) FROM session WHERE channel_id = m.id) END
            FROM channel_money m JOIN channel c ON c.id = m.id
            WHERE m.accepted > m.claimed AND m.signature IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM claim WHERE channel_id = m.id AND state IN (0, 1))
              AND NOT EXISTS (SELECT 1 FROM closing WHERE channel_id = m.id)
            """);
        var channels = statement.All(row => new UnclaimedChannel(
            row.ChannelId(0), row.Amount(1) - row.Amount(2), row.Time(3), row.IsDBNull(4) ? null : row.Unsigned(4),
            row.Address(5), row.IsDBNull(6) ? null : row.Time(6)));
        channels.Sort((left, right) => right.Value.CompareTo(left.Value));
        return channels;
    }

    public static List<UnclaimedVoucher> UnclaimedVouchers(DbConnection connection)
    {
        using var statement = new Statement(connection, $"""
            SELECT {Terms}, m.id, m.epoch, m.reserved, m.claimed, m.accepted, m.signature FROM channel_money m JOIN channel c ON c.id = m.id
            WHERE m.accepted > m.claimed AND m.signature IS NOT NULL
            """);
        return statement.All(row =>
        {
            var money = ChannelMoney.ReadAt(row, 8);
            return new UnclaimedVoucher(row.Terms(0), money.Best(row.ChannelId(7))!.Value, money.Claimed);
        });
    }

    public static TokenAmount UnclaimedOf(DbConnection connection, TronAddress payer)
    {
        using var statement = new Statement(connection, """
            SELECT m.accepted, m.claimed FROM channel c JOIN channel_money m ON m.id = c.id WHERE c.payer = @0 AND m.accepted > m.claimed
            """);
        return statement.All(row => row.Amount(0) - row.Amount(1), payer.ToArray()).Aggregate(TokenAmount.Zero, (sum, next) => sum + next);
    }

    public static Dictionary<TronAddress, TokenAmount> UnclaimedByPayer(DbConnection connection)
    {
        using var statement = new Statement(connection, """
            SELECT c.payer, m.accepted, m.claimed FROM channel c JOIN channel_money m ON m.id = c.id WHERE m.accepted > m.claimed
            """);
        var owed = new Dictionary<TronAddress, TokenAmount>();
        statement.ForEach(row => owed[row.Address(0)] = owed.GetValueOrDefault(row.Address(0)) + (row.Amount(1) - row.Amount(2)));
        return owed;
    }

    public static List<ClaimRecord> Claims(DbConnection connection, ClaimState state, int limit)
    {
        using var statement = new Statement(connection, SelectClaims + " WHERE q.state = @0 ORDER BY q.id LIMIT @1");
        return statement.All(Claim, (int)state, limit);
    }

    public static ClaimRecord Claim(DbDataReader row) => new()
    {
        Id = row.GetInt64(7),
        Terms = row.Terms(0),
        Voucher = new SignedVoucher(new Voucher(row.ChannelId(8), row.Unsigned(9), row.Amount(10)), row.Signature(11)),
        State = (ClaimState)row.GetInt32(12),
        TransactionId = row.IsDBNull(13) ? null : row.Word(13),
        Note = row.IsDBNull(14) ? null : row.GetString(14),
        CreatedAt = row.Time(15),
        UpdatedAt = row.Time(16),
        WithdrawAt = row.IsDBNull(17) ? null : row.Unsigned(17),
    };

    public static List<ClaimRecord> ClaimsOf(DbConnection connection, Bytes32 transaction)
    {
        using var statement = new Statement(connection, SelectClaims + " WHERE q.txid = @0 ORDER BY q.id");
        return statement.All(Claim, transaction.ToArray());
    }

    /// <summary>Oldest first.</summary>
    public static List<ClaimTransaction> UnfinishedTransactions(DbConnection connection)
    {
        using var statement = new Statement(connection, """
            SELECT txid, payload, state, fee_limit, expires_at, sent_at, created_at FROM claim_transaction
            WHERE state IN (0, 1, 2) ORDER BY created_at
            """);
        return statement.All(row => new ClaimTransaction
        {
            Id = row.Word(0),
            Payload = row.Blob(1),
            State = (ClaimTransactionState)row.GetInt32(2),
            FeeLimit = row.GetInt64(3),
            ExpiresAt = row.Time(4),
            SentAt = row.TimeOrNull(5),
            CreatedAt = row.Time(6),
        });
    }

    /// <summary>In the order of their ids.</summary>
    public static List<RelayChannelState> ChannelStates(DbConnection connection, ChannelId? after, int limit)
    {
        using var statement = new Statement(connection, $"""
            SELECT {Terms}, c.id, m.epoch, m.reserved, m.claimed, c.withdraw_at, m.accepted FROM channel c JOIN channel_money m ON m.id = c.id
            WHERE c.id > @0 ORDER BY c.id LIMIT @1
            """);
        return statement.All(
            row => new RelayChannelState(
                row.ChannelId(7), row.Terms(0),
                new OnChainState(row.Unsigned(8), row.Amount(9), row.Amount(10), row.IsDBNull(11) ? null : row.Unsigned(11)), row.Amount(12)),
            after?.ToDb() ?? [], limit);
    }

    public static List<HourlyEarning> Earnings(DbConnection connection, DateTimeOffset from, DateTimeOffset to)
    {
        using var statement = new Statement(connection, "SELECT hour, amount, vouchers, delivered, claimed FROM earning WHERE hour >= @0 AND hour < @1");
        var hours = statement.All(
            row => new HourlyEarning(row.Time(0), row.Amount(1), row.GetInt64(2), row.Bytes(3), row.AmountOrZero(4), 0), from.ToDb(), to.ToDb());
        using var fees = new Statement(connection, $"""
            SELECT updated_at - updated_at % {HourlyTally.MillisecondsPerHour} AS hour, sum(fee) FROM claim_transaction
            WHERE fee IS NOT NULL AND updated_at >= @0 AND updated_at < @1 GROUP BY hour HAVING sum(fee) > 0
            """);
        var burnt = fees.All(row => new HourlyEarning(row.Time(0), default, 0, default, default, row.GetInt64(1)), from.ToDb(), to.ToDb());
        return [.. hours.Concat(burnt).GroupBy(static hour => hour.Hour).OrderBy(static group => group.Key)
            .Select(static group => group.Aggregate(static (sum, next) => sum with { Fees = sum.Fees + next.Fees }))];
    }

    public static RelayTotals Totals(DbConnection connection)
    {
        using var sessions = new Statement(connection, """
            SELECT count(*) FILTER (WHERE closed_at IS NULL), ifnull(sum(delivered), 0), ifnull(sum(forgiven), 0), ifnull(sum(paid), 0) FROM session
            """);
        using var statement = new Statement(connection, $"""
            SELECT c.settled_before, c.lost, m.accepted, m.claimed, ({Debt}) FROM channel c JOIN channel_money m ON m.id = c.id
            """);
        var totals = sessions.First(row => new RelayTotals
        {
            OpenSessions = row.GetInt64(0),
            Delivered = row.Bytes(1),
            Forgiven = row.Bytes(2),
            Paid = row.Bytes(3),
        })!;
        statement.ForEach(row => totals = Add(totals, row));
        using var fees = new Statement(connection, "SELECT ifnull(sum(fee), 0) FROM claim_transaction");
        return totals with { Fees = (long)fees.Scalar()! };
    }

    private static RelayTotals Add(RelayTotals totals, DbDataReader row)
    {
        var (settledBefore, lost, accepted, claimed) = (row.Amount(0), row.Amount(1), row.Amount(2), row.Amount(3));
        return totals with
        {
            Channels = totals.Channels + 1,
            Debt = totals.Debt + row.AmountOrZero(4),
            Accepted = totals.Accepted + settledBefore + lost + accepted,
            Claimed = totals.Claimed + settledBefore + claimed,
            Unclaimed = totals.Unclaimed + accepted.SubtractSaturating(claimed),
            Lost = totals.Lost + lost,
        };
    }
}
