using BttProxy.BitTorrent;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Money;
using Microsoft.Extensions.Logging;

namespace BttProxy.Client.Payments;

/// <summary>What bounds the payments of one download, whoever is paid.</summary>
/// <param name="Domain">From our own configuration, never from a relay.</param>
/// <param name="InfoHash">What is bought, for the client's books.</param>
/// <param name="BudgetLeft">What may still be spent; null for no limit.</param>
/// <param name="Logger">For the payer's log.</param>
internal sealed record PaymentTerms(ChannelDomain Domain, InfoHash InfoHash, TokenAmount? BudgetLeft, ILogger Logger)
{
    public TokenAmount MaximumCumulative(TokenAmount signedAtStart) =>
        BudgetLeft is { } left && left < TokenAmount.MaxValue - signedAtStart ? signedAtStart + left : TokenAmount.MaxValue;
}
