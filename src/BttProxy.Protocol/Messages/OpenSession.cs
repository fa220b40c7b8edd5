using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Money;
using MessagePack;

namespace BttProxy.Protocol.Messages;

/// <summary><c>POST {t}/s</c>: opens a session on a channel.</summary>
/// <param name="Version"><see cref="ProtocolConstants.Version"/>.</param>
/// <param name="Terms">The channel.</param>
/// <param name="Authorization">Lets the relay open or top up the channel; null when it is open already.</param>
/// <param name="Proof">That the client holds the session key and agrees to record and price.</param>
/// <param name="Bid">At least the price; above it buys a larger share of a busy relay.</param>
/// <param name="LastVoucher">The highest voucher the client has signed on this channel, if any.</param>
[MessagePackObject]
public sealed record OpenSession(
    [property: Key(0)] byte Version,
    [property: Key(1)] ChannelTerms Terms,
    [property: Key(2)] OpenAuthorization? Authorization,
    [property: Key(3)] SessionProof Proof,
    [property: Key(4)] PricePerMegabyte Bid,
    [property: Key(5)] SignedVoucher? LastVoucher) : IWireMessage
{
    public static int MaxEncodedLength => 1024;
}
