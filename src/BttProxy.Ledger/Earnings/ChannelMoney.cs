using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>The row of <c>channel_money</c>.</summary>
internal sealed record ChannelMoney(
    ulong Epoch, TokenAmount Reserved, TokenAmount Claimed, TokenAmount Accepted, RecoverableSignature? Signature)
{
    public static ChannelMoney Read(DbDataReader row) => ReadAt(row, 0);

    public static ChannelMoney ReadAt(DbDataReader row, int first) => new(
        row.Unsigned(first), row.Amount(first + 1), row.Amount(first + 2), row.Amount(first + 3),
        row.IsDBNull(first + 4) ? null : row.Signature(first + 4));

    public SignedVoucher? Best(ChannelId id) =>
        Signature is { } signature ? new SignedVoucher(new Voucher(id, Epoch, Accepted), signature) : null;
}
