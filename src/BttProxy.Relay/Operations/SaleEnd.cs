using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Operations;

/// <summary>A channel on which nothing more is sold.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Payer">Whose it is.</param>
/// <param name="SessionEnded">A client was being served.</param>
/// <param name="Remainder">Reserved and not owed: the payer's to take back.</param>
/// <param name="Claim">Of the best voucher.</param>
internal sealed record SaleEnd(ChannelId Channel, TronAddress Payer, bool SessionEnded, TokenAmount Remainder, ClaimProgress Claim);
