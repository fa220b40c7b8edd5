using BttProxy.Protocol.Money;
using MessagePack;

namespace BttProxy.Protocol.Messages;

/// <summary>The answer to <see cref="CloseSession"/>.</summary>
/// <param name="Code">Of the final voucher; zero for accepted, or none sent.</param>
/// <param name="AcceptedTotal">The channel's cumulative amount.</param>
/// <param name="DeliveredBytes">Bytes of this session that the relay sent, forgiven ones not counted.</param>
/// <param name="PaidBytes">Bytes of this session that are paid.</param>
[MessagePackObject]
public sealed record SessionClosed(
    [property: Key(0)] VoucherRejection Code,
    [property: Key(1)] TokenAmount AcceptedTotal,
    [property: Key(2)] ByteCount DeliveredBytes,
    [property: Key(3)] ByteCount PaidBytes) : IWireMessage
{
    public static int MaxEncodedLength => 64;
}
