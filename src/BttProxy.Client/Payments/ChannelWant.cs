using BttProxy.BitTorrent;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Payments;

/// <summary>What a channel is needed for.</summary>
/// <param name="Amount">It should be able to pay from now on, fees apart; less is taken when the wallet has no more.</param>
/// <param name="MaximumFee">The most that opening it, or topping it up, may cost.</param>
/// <param name="InfoHash">What is bought, for the client's books.</param>
internal sealed record ChannelWant(TokenAmount Amount, TokenAmount MaximumFee, InfoHash InfoHash);
