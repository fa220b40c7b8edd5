using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;

namespace BttProxy.Ledger.Spending;

/// <summary>What is on its way to the chain, each run by the one writer of this process inside its transaction.</summary>
internal sealed class UnderWayWrites(DbConnection connection) : IDisposable
{
    private const string SelectOpening = "SELECT amount, epoch, deadline, signature, fee FROM opening WHERE channel_id = @0";

    private const string SelectTransaction = "SELECT purpose, detail, id, expires_at, payload FROM wallet_transaction WHERE purpose = @0";

    private readonly Statement _saveOpening = new(connection, """
        INSERT INTO opening (channel_id, epoch, amount, deadline, signature, fee) VALUES (@0, @1, @2, @3, @4, @5)
        ON CONFLICT (channel_id) DO UPDATE SET epoch = excluded.epoch, amount = excluded.amount, deadline = excluded.deadline,
          signature = excluded.signature, fee = excluded.fee
        """);

    private readonly Statement _expireOpening = new(connection, "UPDATE opening SET deadline = 0 WHERE channel_id = @0");

    private readonly Statement _removeOpening = new(connection, "DELETE FROM opening WHERE channel_id = @0");

    private readonly Statement _saveTransaction = new(connection, """
        INSERT INTO wallet_transaction (purpose, detail, id, expires_at, payload) VALUES (@0, @1, @2, @3, @4)
        ON CONFLICT (purpose) DO UPDATE SET detail = excluded.detail, id = excluded.id, expires_at = excluded.expires_at, payload = excluded.payload
        """);

    private readonly Statement _removeTransaction = new(connection, "DELETE FROM wallet_transaction WHERE purpose = @0 AND id = @1");

    public bool SaveOpening(ChannelId id, ClientOpening opening)
    {
        var authorization = opening.Authorization;
        return _saveOpening.Execute(
            id.ToDb(), authorization.Epoch.ToDb(), authorization.Amount.ToDb(), authorization.Deadline.ToDb(), authorization.Signature.ToArray(),
            opening.Fee.ToDb()) > 0;
    }

    public bool ExpireOpening(ChannelId id) => _expireOpening.Execute(id.ToDb()) > 0;

    public bool RemoveOpening(ChannelId id) => _removeOpening.Execute(id.ToDb()) > 0;

    public bool SaveTransaction(WalletTransaction transaction) => _saveTransaction.Execute(
        transaction.Purpose, transaction.Detail, transaction.Id.ToArray(), transaction.ExpiresAt.ToDb(), transaction.Payload.ToArray()) > 0;

    public bool RemoveTransaction(WalletTransaction transaction) =>
        _removeTransaction.Execute(transaction.Purpose, transaction.Id.ToArray()) > 0;

    public static ClientOpening? FindOpening(DbConnection connection, ChannelId id)
    {
        using var statement = new Statement(connection, SelectOpening);
        return statement.First(
            static row => new ClientOpening(
                new OpenAuthorization(row.Amount(0), row.Unsigned(1), row.Unsigned(2), row.Signature(3)), row.Amount(4)),
            id.ToDb());
    }

    public static WalletTransaction? FindTransaction(DbConnection connection, string purpose)
    {
        using var statement = new Statement(connection, SelectTransaction);
        return statement.First(
            static row => new WalletTransaction(row.GetString(0), row.GetString(1), row.Word(2), row.Time(3), row.Blob(4)), purpose);
    }

    public void Dispose()
    {
        _saveOpening.Dispose();
        _expireOpening.Dispose();
        _removeOpening.Dispose();
        _saveTransaction.Dispose();
        _removeTransaction.Dispose();
    }
}
