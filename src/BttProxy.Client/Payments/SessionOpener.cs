using System.Security.Cryptography;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Tron;

namespace BttProxy.Client.Payments;

/// <summary>
/// Opens a session on a channel, waits while the relay has the channel opened on chain, and believes the answer only as far as our own
/// books and the chain allow.
/// </summary>
internal sealed class SessionOpener(IChannelChain chain, ClientLedger ledger, TimeProvider timeProvider, IProgress<ChainWait>? waits)
{
    private readonly ChannelDomain _domain = chain.Domain;

    /// <param name="tunnel">To the relay.</param>
    /// <param name="channel">Pays.</param>
    /// <param name="owed">What our books say is received and unpaid on the channel; null when they are lost, or in another run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PaymentException">The answer is not acceptable.</exception>
    /// <exception cref="TunnelException">The relay refused or cannot be reached.</exception>
    public async Task<OpenedSession> OpenAsync(RelayTunnel tunnel, LeasedChannel channel, TokenAmount? owed, CancellationToken cancellationToken)
    {
        var offer = tunnel.Offer;
        var opened = await AskAsync(tunnel, channel, cancellationToken);
        return await AcceptAsync(opened, channel, offer, owed, cancellationToken);
    }

    /// <summary>Judges a relay's answer.</summary>
    /// <param name="opened">The answer.</param>
    /// <param name="channel">As above.</param>
    /// <param name="offer">Of the relay's record.</param>
    /// <param name="owed">As above.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PaymentException">It is not acceptable.</exception>
    public async Task<OpenedSession> AcceptAsync(
        SessionOpened opened, LeasedChannel channel, RelayOffer offer, TokenAmount? owed, CancellationToken cancellationToken)
    {
        channel = await ConfirmAsync(channel, cancellationToken);
        channel = await AdoptAsync(channel, opened, offer.Price, cancellationToken);
        // Windows are trust in the relay: whatever it answers, no more of it than its signed record names and than windows ever grow to.
        var ceiling = ByteCount.Min(offer.Record.WindowCeiling, VoucherAdoption.LargestWindow);
        if (opened.Window <= opened.WindowCeiling)
        {
            opened = opened with
            {
                Window = ByteCount.Min(opened.Window, ceiling),
                WindowCeiling = ByteCount.Min(opened.WindowCeiling, ceiling),
            };
        }

        // After a crash nobody knows what was received last: then one window is believed, the most that an honest relay lets run up.
        var believed = owed ?? (channel.Channel.Highest is null ? TokenAmount.Zero : offer.Price.Owed(opened.Window));
        var expected = new PayerExpectation(
            _domain, channel.Id, channel.Epoch, channel.SessionKey.Address, offer.Price, channel.Channel.Signed, believed);
        var verdict = PayerRules.Check(opened, expected);
        if (verdict == SessionOfferVerdict.BaseNotProven)
        {
            throw await QuarantineAsync(channel, "it counts more than the voucher that it shows", cancellationToken);
        }

        return verdict == SessionOfferVerdict.Accepted
            ? new OpenedSession(opened, channel)
            : throw new PaymentException(VoucherRejection.Accepted, $"its session is not acceptable ({verdict})");
    }

    private async Task<SessionOpened> AskAsync(RelayTunnel tunnel, LeasedChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            return await new SessionPatience(tunnel, timeProvider, waits).OpenAsync(() => Request(tunnel.Offer, channel), cancellationToken);
        }
        catch (TunnelException failure) when (failure.Refusal?.Session
            is SessionRejection.DepositMissing or SessionRejection.AuthorizationExpired or SessionRejection.BelowMinimumDeposit)
        {
            // Nobody will submit it: the next one is signed for what there is then.
            await ledger.ExpireOpeningAsync(channel.Lease, cancellationToken);
            throw;
        }
    }

    private OpenSession Request(RelayOffer offer, LeasedChannel channel)
    {
        var request = new SessionRequest(
            channel.Id,
            channel.Epoch,
            offer.Signed.RecordHash,
            offer.Price,
            (ulong)timeProvider.GetUtcNow().ToUnixTimeSeconds(),
            new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length)));
        return new OpenSession(
            ProtocolConstants.Version,
            channel.Channel.Terms,
            channel.Authorization,
            SessionProof.Create(request, _domain, channel.SessionKey),
            offer.Price,
            channel.Channel.Highest);
    }

    /// <summary>After an authorisation, what the chain has: a top-up may still be on its way, and counts only when it is final.</summary>
    private async Task<LeasedChannel> ConfirmAsync(LeasedChannel channel, CancellationToken cancellationToken)
    {
        if (channel.Authorization is not { } authorization)
        {
            return channel;
        }

        var (known, held) = (channel.Channel, (await chain.ChannelAsync(channel.Id, cancellationToken))?.Reserved ?? TokenAmount.Zero);
        if (held >= authorization.Amount)
        {
            await ledger.RemoveOpeningAsync(channel.Lease, cancellationToken);
        }

        // Nothing there: our node is behind the relay's, which would not have begun otherwise.
        var reserved = held == TokenAmount.Zero ? authorization.Amount : held;
        return channel with
        {
            Channel = await ledger.SaveChannelAsync(channel.Lease, known.Relay, known.Terms, known.Epoch, reserved, cancellationToken),
        };
    }

    /// <summary>Takes over the relay's last voucher where it may be believed; durable before anything is signed above it.</summary>
    private async Task<LeasedChannel> AdoptAsync(
        LeasedChannel channel, SessionOpened opened, PricePerMegabyte price, CancellationToken cancellationToken)
    {
        var known = channel.Channel;
        var bounds = new AdoptionBounds(
            _domain, known.Id, known.Epoch, channel.SessionKey.Address, channel.Claimed, known.Reserved, known.Highest,
            channel.IsForgotten ? null : VoucherAdoption.Overdraft(price));
        var verdict = VoucherAdoption.Judge(opened.LastVoucher, bounds);
        if (!verdict.IsBelieved())
        {
            throw await QuarantineAsync(channel, verdict.Explain(), cancellationToken);
        }

        if (verdict != AdoptionVerdict.Adopt && !channel.IsForgotten)
        {
            return channel;
        }

        var highest = verdict == AdoptionVerdict.Adopt ? opened.LastVoucher : known.Highest;
        var stored = await ledger.AdoptChannelAsync(
            channel.Lease, known.Relay, known.Terms, known.Epoch, known.Reserved, highest, cancellationToken);
        return stored is RecordOutcome.Stored or RecordOutcome.Repeated
            ? channel with { Channel = known with { Highest = highest }, IsForgotten = false }
            : throw new PaymentException(VoucherRejection.Accepted, $"the ledger does not take its last voucher ({stored})");
    }

    private async Task<PaymentException> QuarantineAsync(LeasedChannel channel, string reason, CancellationToken cancellationToken)
    {
        await ledger.QuarantineAsync(channel.Lease, reason, cancellationToken);
        return new PaymentException(
            VoucherRejection.Accepted, $"{reason}: the channel is not used any more; 'bttproxy wallet withdraw --channel {channel.Id}' takes its rest back");
    }
}
