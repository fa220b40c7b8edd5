using BttProxy.Client.Fetching;
using BttProxy.Client.Payments;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Client.Recovery;

/// <summary>
/// Gets a channel's rest back into the deposit: at once together with the relay, else alone after the contract's delay, in which the
/// relay claims what it was promised.
/// </summary>
/// <param name="market">Chain, ledger, relays.</param>
/// <param name="waits">Told what is waited for.</param>
internal sealed class ChannelWithdrawal(MarketAccess market, IProgress<ChainWait>? waits)
{
    /// <summary>How long the relay may use our signature under a close; it signs for the channel's last voucher and no more.</summary>
    private static readonly TimeSpan CloseLifetime = TimeSpan.FromMinutes(10);

    private readonly WalletTransactions _transactions = new(market.Wallet, market.Chain, market.Ledger, market.TimeProvider, waits);

    /// <summary>How long a close may take to come into a block. Default: 75 s, the minute that a transaction has and a margin.</summary>
    public TimeSpan InclusionTime { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>One step: may be called again and again until the channel is closed.</summary>
    /// <exception cref="ClientException">There is nothing to take back, or the contract refuses.</exception>
    /// <exception cref="ChainException">The chain cannot be reached.</exception>
    public async Task<WithdrawalReport> RunAsync(WalletChannel channel, CancellationToken cancellationToken)
    {
        if (channel.OnChain is not { } held || held.Reserved == TokenAmount.Zero)
        {
            return new WithdrawalReport(channel.Id.ToString(), WithdrawalState.Closed, "nothing is reserved in it");
        }

        if (held.WithdrawAt is { } at)
        {
            return await FinishAsync(channel, held, ChainTime.Of(at), cancellationToken);
        }

        if (await market.Chain.PendingChannelAsync(channel.Id, cancellationToken) is { } newest && newest.Epoch > held.Epoch
            && await FollowCloseAsync(channel, held, cancellationToken) is { } followed)
        {
            return followed;
        }

        var (closed, reason) = await CloseTogetherAsync(channel, cancellationToken);
        return closed ?? await RequestAsync(channel, reason, cancellationToken);
    }

    private async Task<(WithdrawalReport? Report, string Reason)> CloseTogetherAsync(WalletChannel channel, CancellationToken cancellationToken)
    {
        if (channel.Remembered?.Quarantine is { } quarantine)
        {
            return (null, quarantine);
        }

        using (var key = market.Wallet.DeriveSessionKey(channel.Terms.Salt))
        {
            if (key.Address != channel.Terms.Signer)
            {
                return (null, "another program signs its vouchers");
            }
        }

        var reason = "its relay was not found";
        List<WalletChannel> pending = [channel];
        await foreach (var (_, offer) in new RelayLookup(market.Relays).MatchAsync(pending, cancellationToken))
        {
            try
            {
                using var meeting = await RelayMeeting.OpenAsync(market, channel, offer, cancellationToken);
                if (await CloseAsync(meeting, cancellationToken) is { } report)
                {
                    return (report, "");
                }

                reason = "its relay did not close it";
            }
            catch (Exception failure) when (failure is TunnelException or PaymentException)
            {
                reason = failure.Message;
            }
        }

        return (null, reason);
    }

    private async Task<WithdrawalReport?> CloseAsync(RelayMeeting meeting, CancellationToken cancellationToken)
    {
        var (leased, opened) = (meeting.Channel, meeting.Opened);
        var final = await LastVoucherAsync(leased, opened, cancellationToken);
        var amount = final?.Voucher.Cumulative ?? TokenAmount.Zero;
        var deadline = (ulong)(market.TimeProvider.GetUtcNow() + CloseLifetime).ToUnixTimeSeconds();
        var close = CloseAuthorization.Create(
            new CooperativeClose(leased.Id, leased.Epoch, amount, deadline), market.Chain.Domain, leased.SessionKey);
        var message = new CloseSession(opened.SessionId, amount > opened.BaseAmount ? final : null, close);
        var answer = await AskAsync(meeting.Tunnel, message, cancellationToken);
        if ((answer is not null && answer.AcceptedTotal != amount)
            || await Closes.WaitAsync(leased.Id, leased.Epoch, cancellationToken) is not { } after)
        {
            return null;
        }

        var known = leased.Channel;
        await market.Ledger.SaveChannelAsync(leased.Lease, known.Relay, known.Terms, after.Epoch, after.Reserved, cancellationToken);
        return new WithdrawalReport(leased.Id.ToString(), WithdrawalState.Closed, "closed together with its relay")
        {
            Returned = known.Reserved.SubtractSaturating(amount), Paid = amount,
        };
    }

    /// <summary>Null when no answer came: the relay may have sent the close all the same, and only the chain knows.</summary>
    private static async Task<SessionClosed?> AskAsync(RelayTunnel tunnel, CloseSession message, CancellationToken cancellationToken)
    {
        try
        {
            return await tunnel.CloseAsync(message, cancellationToken);
        }
        catch (TunnelException failure) when (failure.Fault is TunnelFault.TimedOut or TunnelFault.ConnectionLost)
        {
            return null;
        }
    }

    private CloseWatch Closes => new(market.Chain, InclusionTime, market.TimeProvider, waits);

    /// <summary>A close that is in a block already: an earlier run has agreed on it. Null when it is undone.</summary>
    private async Task<WithdrawalReport?> FollowCloseAsync(WalletChannel channel, ChainChannel held, CancellationToken cancellationToken)
    {
        if (await Closes.WaitAsync(channel.Id, held.Epoch, cancellationToken) is not { } after)
        {
            return null;
        }

        if (channel.Remembered is { } known && market.Ledger.TryLease(channel.Id) is { } lease)
        {
            using (lease)
            {
                await market.Ledger.SaveChannelAsync(lease, known.Relay, known.Terms, after.Epoch, after.Reserved, cancellationToken);
            }
        }

        return new WithdrawalReport(channel.Id.ToString(), WithdrawalState.Closed, "closed together with its relay");
    }

    /// <summary>The channel's last voucher; one that pays what the relay is owed (as the session's terms were accepted) is stored first.</summary>
    private async Task<SignedVoucher?> LastVoucherAsync(LeasedChannel leased, SessionOpened opened, CancellationToken cancellationToken)
    {
        var due = TokenAmount.Min(opened.BaseAmount + opened.Outstanding, leased.Channel.Reserved);
        if (due <= leased.Channel.Signed)
        {
            return leased.Channel.Highest;
        }

        var voucher = new Voucher(leased.Id, leased.Epoch, due).Sign(market.Chain.Domain, leased.SessionKey);
        var stored = await market.Ledger.RecordVoucherAsync(leased.Lease, voucher, null, cancellationToken);
        return stored == RecordOutcome.Stored
            ? voucher
            : throw new PaymentException(VoucherRejection.Accepted, $"the ledger does not allow a voucher over {due} ({stored})");
    }

    private async Task<WithdrawalReport> RequestAsync(WalletChannel channel, string reason, CancellationToken cancellationToken)
    {
        var receipt = await _transactions.RequestWithdrawAsync(channel, cancellationToken);
        if (receipt.Rejection != ContractRejection.WithdrawPending)
        {
            ChainRefusal.ThrowUnlessAccepted(receipt);
        }

        var now = await market.Chain.ChannelAsync(channel.Id, cancellationToken);
        // Until the block is final the chain does not show it; the delay counts from about now.
        var at = now?.WithdrawAt is { } known
            ? ChainTime.Of(known)
            : (await market.Chain.HeadAsync(cancellationToken)).Timestamp.AddSeconds(channel.Terms.WithdrawDelay);
        return Waiting(channel, at, $"requested, because {reason}");
    }

    private async Task<WithdrawalReport> FinishAsync(
        WalletChannel channel, ChainChannel held, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // The contract's clock is the chain's, not this computer's.
        if ((await market.Chain.HeadAsync(cancellationToken)).Timestamp < at)
        {
            return Waiting(channel, at, "requested before");
        }

        ChainRefusal.ThrowUnlessAccepted(await _transactions.FinishWithdrawAsync(channel, cancellationToken));
        return new WithdrawalReport(channel.Id.ToString(), WithdrawalState.Closed, "closed after the withdraw delay")
        {
            Returned = held.Reserved.SubtractSaturating(held.Claimed), Paid = held.Claimed,
        };
    }

    private static WithdrawalReport Waiting(WalletChannel channel, DateTimeOffset at, string detail) =>
        new(channel.Id.ToString(), WithdrawalState.Waiting, detail) { FinishFrom = at };
}
