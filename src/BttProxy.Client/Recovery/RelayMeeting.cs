using BttProxy.Client.Fetching;
using BttProxy.Client.Payments;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Tron;

namespace BttProxy.Client.Recovery;

/// <summary>A session that is opened to settle a channel's state with its relay, not to fetch.</summary>
internal sealed class RelayMeeting : IDisposable
{
    private RelayMeeting(RelayTunnel tunnel, SessionOpened opened, LeasedChannel channel, bool isNew)
    {
        Tunnel = tunnel;
        Opened = opened;
        Channel = channel;
        IsNew = isNew;
    }

    public RelayTunnel Tunnel { get; }

    public SessionOpened Opened { get; }

    /// <summary>With the voucher adopted from the relay, if one was.</summary>
    public LeasedChannel Channel { get; }

    /// <summary>The ledger had no memory of the channel before.</summary>
    public bool IsNew { get; }

    /// <exception cref="PaymentException">The relay is not believed, or another process signs for the channel.</exception>
    /// <exception cref="TunnelException">The relay refuses or cannot be reached.</exception>
    /// <exception cref="ChainException">The chain cannot be reached.</exception>
    public static async Task<RelayMeeting> OpenAsync(MarketAccess market, WalletChannel channel, RelayOffer offer, CancellationToken cancellationToken)
    {
        // The newest record: the relay takes no session on an older one.
        var relay = await new RelayProbe(market.Guard, market.TimeProvider).MeasureAsync(offer, cancellationToken);
        var leased = await LeaseAsync(market, channel, offer.Id, cancellationToken);
        var tunnel = new RelayTunnel(relay.Offer, market.Guard, new TunnelOptions(), market.TimeProvider);
        try
        {
            var opener = new SessionOpener(market.Chain, market.Ledger, market.TimeProvider, waits: null);
            var (opened, adopted) = await opener.OpenAsync(tunnel, leased, owed: null, cancellationToken);
            return new RelayMeeting(tunnel, opened, adopted, leased.IsForgotten);
        }
        catch
        {
            tunnel.Dispose();
            leased.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Tunnel.Dispose();
        Channel.Dispose();
    }

    private static async Task<LeasedChannel> LeaseAsync(
        MarketAccess market, WalletChannel channel, RelayId relay, CancellationToken cancellationToken)
    {
        var lease = market.Ledger.TryLease(channel.Id)
            ?? throw new PaymentException(VoucherRejection.Accepted, "another process pays with the channel now");
        var key = market.Wallet.DeriveSessionKey(channel.Terms.Salt);
        try
        {
            // Read again under the lock: another process may have signed since the list was made.
            var onChain = await market.Chain.ChannelAsync(channel.Id, cancellationToken) ?? channel.OnChain!;
            var now = channel with { OnChain = onChain, Local = await market.Ledger.FindChannelAsync(channel.Id, cancellationToken) };
            var known = now.Remembered is { } remembered
                ? remembered with { Reserved = onChain.Reserved }
                : new ClientChannel { Id = channel.Id, Relay = relay, Terms = channel.Terms, Epoch = onChain.Epoch, Reserved = onChain.Reserved };
            return new LeasedChannel(known, lease, key, null) { Claimed = onChain.Claimed, IsForgotten = now.Remembered is null };
        }
        catch
        {
            lease.Dispose();
            key.Dispose();
            throw;
        }
    }
}
