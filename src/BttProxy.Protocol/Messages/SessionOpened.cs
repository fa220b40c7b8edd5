using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Money;
using MessagePack;

namespace BttProxy.Protocol.Messages;

/// <summary>The answer to <see cref="OpenSession"/>.</summary>
/// <param name="SessionId">Names the session in later messages.</param>
/// <param name="Token">Opens the session's paid requests.</param>
/// <param name="Price">Fixed for the session.</param>
/// <param name="Window">Bytes that may run ahead of payment now.</param>
/// <param name="WindowCeiling">How far the window can grow.</param>
/// <param name="BaseAmount">The channel's accepted cumulative amount at the session's start.</param>
/// <param name="Outstanding">Debt of earlier sessions on this channel; the first voucher pays it.</param>
/// <param name="LastVoucher">The highest voucher the relay holds, for a client that lost its own.</param>
[MessagePackObject]
public sealed record SessionOpened(
    [property: Key(0)] SessionId SessionId,
    [property: Key(1)] BearerToken Token,
    [property: Key(2)] PricePerMegabyte Price,
    [property: Key(3)] ByteCount Window,
    [property: Key(4)] ByteCount WindowCeiling,
    [property: Key(5)] TokenAmount BaseAmount,
    [property: Key(6)] TokenAmount Outstanding,
    [property: Key(7)] SignedVoucher? LastVoucher) : IWireMessage
{
    public static int MaxEncodedLength => 512;
}
