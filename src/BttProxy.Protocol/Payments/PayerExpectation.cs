using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>What a client knows before it believes a <c>SessionOpened</c>.</summary>
/// <param name="Domain">From the client's own configuration.</param>
/// <param name="ChannelId">The channel.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Signer">The client's session key.</param>
/// <param name="Price">What the client signed for.</param>
/// <param name="Signed">The highest cumulative amount signed on this channel, as stored.</param>
/// <param name="Owed">What the client's books say is received and not yet signed for on this channel.</param>
public sealed record PayerExpectation(
    ChannelDomain Domain, ChannelId ChannelId, ulong Epoch, TronAddress Signer, PricePerMegabyte Price,
    TokenAmount Signed, TokenAmount Owed);
