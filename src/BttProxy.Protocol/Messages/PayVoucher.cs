using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using MessagePack;

namespace BttProxy.Protocol.Messages;

/// <summary><c>POST {t}/v</c>: a voucher. The channel id is not sent: the session fixes it.</summary>
[MessagePackObject]
public sealed record PayVoucher(
    [property: Key(0)] SessionId SessionId,
    [property: Key(1)] ulong Epoch,
    [property: Key(2)] TokenAmount Cumulative,
    [property: Key(3)] RecoverableSignature Signature) : IWireMessage
{
    public static int MaxEncodedLength => 128;

    public static PayVoucher Create(SessionId sessionId, SignedVoucher signed) =>
        new(sessionId, signed.Voucher.Epoch, signed.Voucher.Cumulative, signed.Signature);

    public SignedVoucher ToSignedVoucher(ChannelId channelId) => new(new Voucher(channelId, Epoch, Cumulative), Signature);
}
