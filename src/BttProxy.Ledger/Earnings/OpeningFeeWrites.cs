using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Earnings;

/// <summary>Changes of opening fees that are not final, and the questions about them.</summary>
internal sealed class OpeningFeeWrites(DbConnection connection) : IDisposable
{
    private const string Select = """
        SELECT payer, signer, payee, authorizer, token, withdraw_delay, salt, channel_id, epoch, reserved, base, amount, signature, deadline
        FROM opening_fee
        """;

    private readonly Statement _save = new(connection, """
        INSERT INTO opening_fee
          (payer, signer, payee, authorizer, token, withdraw_delay, salt, channel_id, epoch, reserved, base, amount, signature, deadline)
        VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13)
        ON CONFLICT (channel_id) DO UPDATE SET epoch = excluded.epoch, reserved = excluded.reserved, base = excluded.base,
          amount = excluded.amount, signature = excluded.signature, deadline = excluded.deadline
        """);

    private readonly Statement _remove = new(connection, "DELETE FROM opening_fee WHERE channel_id = @0 AND epoch = @1 AND reserved = @2");

    public bool Save(OpeningFee fee)
    {
        var (terms, (voucher, signature)) = (fee.Terms, fee.Voucher);
        return _save.Execute(
            terms.Payer.ToArray(), terms.Signer.ToArray(), terms.Payee.ToArray(), terms.PayeeAuthorizer.ToArray(), terms.Token.ToArray(),
            terms.WithdrawDelay.ToDb(), terms.Salt.ToArray(), voucher.ChannelId.ToDb(), voucher.Epoch.ToDb(), fee.Reserved.ToDb(), fee.Base.ToDb(),
            voucher.Cumulative.ToDb(), signature.ToArray(), fee.Deadline.ToDb()) > 0;
    }

    public bool Remove(OpeningFee fee) =>
        _remove.Execute(fee.Voucher.Voucher.ChannelId.ToDb(), fee.Voucher.Voucher.Epoch.ToDb(), fee.Reserved.ToDb()) > 0;

    public static OpeningFee? Find(DbConnection connection, ChannelId id)
    {
        using var statement = new Statement(connection, Select + " WHERE channel_id = @0");
        return statement.First(Read, id.ToDb());
    }

    public static List<OpeningFee> All(DbConnection connection)
    {
        using var statement = new Statement(connection, Select);
        return statement.All(Read);
    }

    public void Dispose()
    {
        _save.Dispose();
        _remove.Dispose();
    }

    private static OpeningFee Read(DbDataReader row)
    {
        var voucher = new Voucher(row.ChannelId(7), row.Unsigned(8), row.Amount(11));
        return new OpeningFee(row.Terms(0), row.Amount(9), row.Amount(10), new SignedVoucher(voucher, row.Signature(12)), row.Unsigned(13));
    }
}
