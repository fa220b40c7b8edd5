using BttProxy.Client.Fetching;
using BttProxy.Client.Payments;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Messages;
using BttProxy.Tron;

namespace BttProxy.Client.Recovery;

/// <summary>
/// Takes up the wallet's channels on a computer that has nothing but the wallet: found on the chain, the last vouchers asked back from
/// their relays, each believed only with our own signature.
/// </summary>
/// <param name="market">Chain, ledger, relays.</param>
/// <param name="search">Told how far the search on the chain is.</param>
internal sealed class ChannelRecovery(MarketAccess market, IProgress<ChannelSearchProgress>? search)
{
    /// <exception cref="ChainException">The chain cannot be reached.</exception>
    public async Task<List<RecoveredChannel>> RunAsync(CancellationToken cancellationToken)
    {
        var channels = await WalletChannel.SearchAsync(market.Wallet, market.Chain, market.Ledger, search, cancellationToken);
        var results = channels.Where(static channel => channel.State is not (WalletChannelState.Closed or WalletChannelState.NotOnChain))
            .ToDictionary(static channel => channel.Id, Unasked);
        var pending = channels.Where(channel => results.TryGetValue(channel.Id, out var result) && result.Outcome == RecoveryOutcome.NoRelay).ToList();
        await foreach (var (channel, offer) in new RelayLookup(market.Relays).MatchAsync(pending, cancellationToken))
        {
            var result = results[channel.Id] = await AskAsync(channel, offer, cancellationToken);
            if (result.Outcome != RecoveryOutcome.RelayFailed)
            {
                pending.Remove(channel);
            }
        }

        return [.. results.Values];
    }

    private RecoveredChannel Unasked(WalletChannel channel)
    {
        using var key = market.Wallet.DeriveSessionKey(channel.Terms.Salt);
        var (outcome, detail) = channel.State switch
        {
            WalletChannelState.Withdrawing => (RecoveryOutcome.Withdrawing, "its rest is being taken back"),
            WalletChannelState.Quarantined => (RecoveryOutcome.NotBelieved, channel.Remembered!.Quarantine!),
            _ when key.Address != channel.Terms.Signer => (RecoveryOutcome.ForeignSigner, "another program signs its vouchers"),
            _ => (RecoveryOutcome.NoRelay, "its relay was not found"),
        };
        return RecoveredChannel.Of(channel, outcome, detail);
    }

    private async Task<RecoveredChannel> AskAsync(WalletChannel channel, RelayOffer offer, CancellationToken cancellationToken)
    {
        try
        {
            using var meeting = await RelayMeeting.OpenAsync(market, channel, offer, cancellationToken);
            await SayGoodbyeAsync(meeting, cancellationToken);
            var outcome = meeting.IsNew ? RecoveryOutcome.Recovered : RecoveryOutcome.Kept;
            return RecoveredChannel.Of(channel, outcome, "it pays its relay") with
            {
                Relay = meeting.Channel.Channel.Relay.ToString(),
                Signed = meeting.Channel.Channel.Signed,
            };
        }
        catch (PaymentException failure)
        {
            return RecoveredChannel.Of(channel, RecoveryOutcome.NotBelieved, failure.Message) with { Relay = offer.Id.ToString() };
        }
        catch (TunnelException failure)
        {
            return RecoveredChannel.Of(channel, RecoveryOutcome.RelayFailed, failure.Message) with { Relay = offer.Id.ToString() };
        }
    }

    private static async Task SayGoodbyeAsync(RelayMeeting meeting, CancellationToken cancellationToken)
    {
        try
        {
            await meeting.Tunnel.CloseAsync(new CloseSession(meeting.Opened.SessionId, null, null), cancellationToken);
        }
        catch (TunnelException)
        {
            // The voucher is stored; the relay ends the session by itself.
        }
    }
}
