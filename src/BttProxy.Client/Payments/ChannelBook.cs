using System.Security.Cryptography;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Client.Payments;

/// <summary>Finds a channel of the wallet's to a relay that nobody else signs for, or prepares a new one.</summary>
internal sealed class ChannelBook(Wallet wallet, ClientLedger ledger, IChannelChain chain, TimeProvider timeProvider)
{
    /// <summary>Relays refuse less than an hour; a day is what the design names as usual.</summary>
    private const ulong WithdrawDelaySeconds = 24 * 60 * 60;

    /// <summary>How long a relay has to put the authorisation on chain.</summary>
    private static readonly TimeSpan AuthorizationLifetime = TimeSpan.FromHours(1);

    /// <summary>Not worth a session: less than a megabyte can be paid.</summary>
    private static readonly ByteCount LeastBytes = new(1_000_000);

    /// <param name="offer">The relay.</param>
    /// <param name="want">What the channel should be able to pay from now on; less is taken when the wallet has no more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ClientException">The wallet cannot pay (<see cref="ExitCode.Funds"/>), or the chain cannot be reached.</exception>
    public async Task<LeasedChannel> AcquireAsync(RelayOffer offer, TokenAmount want, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var known in await ledger.ChannelsAsync(offer.Id, cancellationToken))
            {
                await ThrowIfQuarantinedAsync(known, cancellationToken);
                if (Fits(known.Terms, offer) && await TryUseAsync(known, offer, want, cancellationToken) is { } usable)
                {
                    return usable;
                }
            }

            var salt = new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length));
            using var key = wallet.DeriveSessionKey(salt);
            var record = offer.Record;
            var terms = new ChannelTerms(
                wallet.Address, key.Address, record.Payee, record.PayeeAuthorizer, record.Token, WithdrawDelaySeconds, salt);
            var fresh = new ClientChannel
            {
                Id = terms.Id(chain.Domain), Relay = offer.Id, Terms = terms, Epoch = 0, Reserved = TokenAmount.Zero,
            };
            return await TryUseAsync(fresh, offer, want, cancellationToken)
                ?? throw new InvalidOperationException("A new channel is locked by somebody else.");
        }
        catch (ChainException failure)
        {
            throw new ClientException(ExitCode.Network, failure.Message, failure);
        }
    }

    /// <summary>
    /// A relay that disputes a channel gets no second one before the first is withdrawn: else it could tie up a reserve for a day with each lie.
    /// </summary>
    private async Task ThrowIfQuarantinedAsync(ClientChannel known, CancellationToken cancellationToken)
    {
        if (known.Quarantine is { } reason
            && await chain.ChannelAsync(known.Id, cancellationToken) is { } held && held.Epoch == known.Epoch && held.Reserved > TokenAmount.Zero)
        {
            throw new PaymentException(
                VoucherRejection.Accepted, $"{reason}: first take the channel's rest back with 'bttproxy wallet withdraw --channel {known.Id}'");
        }
    }

    private bool Fits(ChannelTerms terms, RelayOffer offer) =>
        terms.Payer == wallet.Address
        && terms.Payee == offer.Record.Payee
        && terms.PayeeAuthorizer == offer.Record.PayeeAuthorizer
        && terms.Token == offer.Record.Token;

    /// <summary>Null when another process signs for the channel, or its payer is withdrawing.</summary>
    private async Task<LeasedChannel?> TryUseAsync(ClientChannel channel, RelayOffer offer, TokenAmount want, CancellationToken cancellationToken)
    {
        if (ledger.TryLease(channel.Id) is not { } lease)
        {
            return null;
        }

        var key = wallet.DeriveSessionKey(channel.Terms.Salt);
        try
        {
            var onChain = await chain.ChannelAsync(channel.Id, cancellationToken);
            if (onChain?.WithdrawAt is not null)
            {
                lease.Dispose();
                key.Dispose();
                return null;
            }

            // Under the lock, and with what the chain says: another process may have used and even closed the channel.
            var (epoch, held) = (onChain?.Epoch ?? channel.Epoch, onChain?.Reserved ?? TokenAmount.Zero);
            channel = await ledger.SaveChannelAsync(lease, offer.Id, channel.Terms, epoch, held, cancellationToken);
            OpenAuthorization? authorization = null;
            if (held.SubtractSaturating(channel.Signed) < want)
            {
                var total = await ReserveAsync(channel, held, offer, want, cancellationToken);
                if (total > held)
                {
                    authorization = Authorize(channel, total);
                    channel = await ledger.SaveChannelAsync(lease, offer.Id, channel.Terms, epoch, total, cancellationToken);
                }
            }

            return new LeasedChannel(channel, lease, key, authorization) { Claimed = onChain?.Claimed ?? TokenAmount.Zero };
        }
        catch
        {
            lease.Dispose();
            key.Dispose();
            throw;
        }
    }

    /// <summary>The total that the channel can reserve: what is wanted, or what deposit and wallet allow.</summary>
    private async Task<TokenAmount> ReserveAsync(
        ClientChannel channel, TokenAmount held, RelayOffer offer, TokenAmount want, CancellationToken cancellationToken)
    {
        var total = TokenAmount.Max(channel.Signed + want, offer.Record.MinimumDeposit);
        var need = total.SubtractSaturating(held);
        var free = await chain.DepositedAsync(wallet.Address, cancellationToken);
        if (free < need)
        {
            var balance = await chain.BalanceAsync(wallet.Address, cancellationToken);
            var deposit = TokenAmount.Min(balance, need - free);
            if (deposit > TokenAmount.Zero)
            {
                var receipt = await chain.DepositAsync(wallet.Key, deposit, cancellationToken);
                free = receipt.IsAccepted ? free + deposit : free;
            }
        }

        total = TokenAmount.Max(held, held + TokenAmount.Min(free, need));
        var least = TokenAmount.Min(want, offer.Price.Owed(LeastBytes));
        return total.SubtractSaturating(channel.Signed) >= least && total >= offer.Record.MinimumDeposit
            ? total
            : throw new ClientException(
                ExitCode.Funds,
                $"The wallet {wallet.Address} cannot pay this relay: {least.ToBtt()} and a reserve of {offer.Record.MinimumDeposit.ToBtt()} are the least. Send BTT to the wallet.");
    }

    private OpenAuthorization Authorize(ClientChannel channel, TokenAmount total)
    {
        var deadline = (ulong)(timeProvider.GetUtcNow() + AuthorizationLifetime).ToUnixTimeSeconds();
        return OpenAuthorization.Create(new OpenChannel(channel.Id, total, channel.Epoch, deadline), chain.Domain, wallet.Key);
    }
}
