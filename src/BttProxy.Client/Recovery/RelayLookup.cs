using System.Runtime.CompilerServices;
using BttProxy.Client.Fetching;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Recovery;

/// <summary>
/// Finds the relays that channels pay. The chain names only payee and authoriser; a relay's record names both too, signed by the
/// authoriser, so nobody can pose as the payee of somebody else's channel.
/// </summary>
internal sealed class RelayLookup(IRelayDirectory directory)
{
    /// <param name="pending">The caller removes a channel when it needs no further relay; when none is left, the search ends.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Each channel with each relay that it pays, once: those remembered by their id first.</returns>
    public async IAsyncEnumerable<(WalletChannel Channel, RelayOffer Offer)> MatchAsync(
        ICollection<WalletChannel> pending, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = new HashSet<(ChannelId, RelayId)>();
        foreach (var channel in pending.ToArray())
        {
            if (channel.Local is { } local
                && await directory.FindAsync(local.Relay, cancellationToken) is { } offer && Pays(channel.Terms, offer) && asked.Add((channel.Id, offer.Id)))
            {
                yield return (channel, offer);
            }
        }

        if (pending.Count == 0)
        {
            yield break;
        }

        await foreach (var offer in directory.FindAsync(cancellationToken))
        {
            foreach (var channel in pending.Where(channel => Pays(channel.Terms, offer)).ToArray())
            {
                if (asked.Add((channel.Id, offer.Id)))
                {
                    yield return (channel, offer);
                }
            }

            if (pending.Count == 0)
            {
                yield break;
            }
        }
    }

    private static bool Pays(ChannelTerms terms, RelayOffer offer) =>
        terms.Payee == offer.Record.Payee && terms.PayeeAuthorizer == offer.Record.PayeeAuthorizer && terms.Token == offer.Record.Token;
}
