using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using MessagePack;

namespace BttProxy.Protocol.Messages;

/// <summary>The answer to <see cref="PayVoucher"/>; accepted means stored durably.</summary>
/// <param name="Code">
/// Zero for accepted. With another code and <paramref name="AcceptedTotal"/> at or above the amount sent, the voucher
/// was taken and the relay gives no further credit for the reason named.
/// </param>
/// <param name="Signature">Detail of <see cref="VoucherRejection.BadSignature"/>; valid otherwise.</param>
/// <param name="AcceptedTotal">The channel's cumulative amount after this voucher.</param>
/// <param name="PaidBytes">Bytes of this session that are paid.</param>
/// <param name="Window">Bytes that may run ahead of payment now.</param>
/// <param name="LastVoucher">The highest voucher the relay holds; sent with refusals.</param>
[MessagePackObject]
public sealed record VoucherAnswer(
    [property: Key(0)] VoucherRejection Code,
    [property: Key(1)] SignatureVerdict Signature,
    [property: Key(2)] TokenAmount AcceptedTotal,
    [property: Key(3)] ByteCount PaidBytes,
    [property: Key(4)] ByteCount Window,
    [property: Key(5)] SignedVoucher? LastVoucher) : IWireMessage
{
    public static int MaxEncodedLength => 256;
}
