using System.Security.Cryptography;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Node;

namespace BttProxy.Client.Payments;

/// <summary>Finds a channel of the wallet's to a relay that nobody else signs for, or prepares a new one.</summary>
internal sealed class ChannelBook(
    Wallet wallet, ClientLedger ledger, IChannelChain chain, WalletTransactions transactions, TimeProvider timeProvider)
{
    /// <summary>Relays refuse less than an hour; a day is what the design names as usual.</summary>
    private const ulong WithdrawDelaySeconds = 24 * 60 * 60;

    /// <summary>How long a relay has to put the authorisation on chain.</summary>
    private static readonly TimeSpan AuthorizationLifetime = TimeSpan.FromHours(1);

    /// <summary>Less than that, and the relay might not take it any more by the time it is there.</summary>
    private static readonly TimeSpan LeastAuthorizationLife = TimeSpan.FromMinutes(10);

    /// <summary>Not worth a session: less than a megabyte can be paid.</summary>
    private static readonly ByteCount LeastBytes = new(1_000_000);

    /// <param name="offer">The relay.</param>
    /// <param name="want">What for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ClientException">The wallet cannot pay (<see cref="ExitCode.Funds"/>), or the chain cannot be reached.</exception>
    public async Task<LeasedChannel> AcquireAsync(RelayOffer offer, ChannelWant want, CancellationToken cancellationToken)
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

    /// <summary>Null when another process signs for the channel, or it is being closed.</summary>
    private async Task<LeasedChannel?> TryUseAsync(ClientChannel channel, RelayOffer offer, ChannelWant want, CancellationToken cancellationToken)
    {
        if (ledger.TryLease(channel.Id) is not { } lease)
        {
            return null;
        }

        var key = wallet.DeriveSessionKey(channel.Terms.Salt);
        try
        {
            var onChain = await chain.ChannelAsync(channel.Id, cancellationToken);
            var newest = await chain.PendingChannelAsync(channel.Id, cancellationToken);
            if (onChain?.WithdrawAt is not null || newest?.WithdrawAt is not null || newest?.Epoch > (onChain?.Epoch ?? 0))
            {
                lease.Dispose();
                key.Dispose();
                return null;
            }

            // Under the lock, and with what the chain says: another process may have used and even closed the channel.
            var (epoch, held, claimed) = (onChain?.Epoch ?? channel.Epoch, onChain?.Reserved ?? TokenAmount.Zero, onChain?.Claimed ?? TokenAmount.Zero);
            channel = await ledger.SaveChannelAsync(lease, offer.Id, channel.Terms, epoch, held, cancellationToken);
            var opening = await OpeningAsync(lease, channel, held, cancellationToken);
            if (held.SubtractSaturating(channel.Signed) >= want.Amount)
            {
                return new LeasedChannel(channel, lease, key, null) { Claimed = claimed };
            }

            if (opening is not null && IsAskable(opening, offer))
            {
                channel = await ledger.SaveChannelAsync(lease, offer.Id, channel.Terms, epoch, opening.Authorization.Amount, cancellationToken);
                return new LeasedChannel(channel, lease, key, opening.Authorization) { Claimed = claimed };
            }

            var asked = new LeasedChannel(channel, lease, key, null) { Claimed = claimed };
            return await AuthorizeAsync(asked, TokenAmount.Max(held, newest?.Reserved ?? held), offer, want, opening, cancellationToken);
        }
        catch
        {
            lease.Dispose();
            key.Dispose();
            throw;
        }
    }

    /// <summary>What an earlier request, of this run or another, has asked the relay to bring to the chain and is not final there.</summary>
    private async Task<ClientOpening?> OpeningAsync(
        ChannelLease lease, ClientChannel channel, TokenAmount held, CancellationToken cancellationToken)
    {
        if (await ledger.FindOpeningAsync(channel.Id, cancellationToken) is not { } opening)
        {
            return null;
        }

        if (opening.Authorization.Epoch == channel.Epoch && opening.Authorization.Amount > held)
        {
            return opening;
        }

        await ledger.RemoveOpeningAsync(lease, cancellationToken);
        return null;
    }

    private bool IsAskable(ClientOpening opening, RelayOffer offer) =>
        opening.Fee >= offer.Record.OpenFee
        && opening.Authorization.Deadline >= (ulong)(timeProvider.GetUtcNow() + LeastAuthorizationLife).ToUnixTimeSeconds();

    /// <summary>
    /// Signs for the total that the channel can reserve: what is wanted, or what deposit and wallet allow; and for the relay's fee. The same
    /// channel without an authorisation when it reserves that already, or its fee is too much and something is left.
    /// </summary>
    /// <param name="leased">The channel.</param>
    /// <param name="held">Reserved in the newest block: the deposit there is without it.</param>
    /// <param name="offer">The relay.</param>
    /// <param name="want">What for.</param>
    /// <param name="earlier">An opening that came to nothing, or not yet to the chain: its fee is not paid again.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async Task<LeasedChannel> AuthorizeAsync(
        LeasedChannel leased, TokenAmount held, RelayOffer offer, ChannelWant want, ClientOpening? earlier, CancellationToken cancellationToken)
    {
        var (channel, paid) = (leased.Channel, earlier?.Fee ?? TokenAmount.Zero);
        var fee = offer.Record.OpenFee.SubtractSaturating(paid);
        if (fee > TokenAmount.Zero && offer.Record.OpenFee > want.MaximumFee)
        {
            return channel.Reserved > channel.Signed
                ? leased
                : throw new PaymentException(
                    VoucherRejection.Accepted, $"it asks {offer.Record.OpenFee.ToBtt()} to open a channel, above {want.MaximumFee.ToBtt()}: see --max-fee");
        }

        var total = await ReserveAsync(channel, held, offer, want.Amount, fee, cancellationToken);
        if (paid > TokenAmount.Zero && earlier!.Authorization.Amount >= TokenAmount.Max(offer.Record.MinimumDeposit, channel.Signed + fee))
        {
            // A relay that has kept the earlier fee counts it for no more than was authorised with it.
            total = TokenAmount.Min(total, earlier.Authorization.Amount);
        }

        if (total <= channel.Reserved)
        {
            return leased;
        }

        var deadline = (ulong)(timeProvider.GetUtcNow() + AuthorizationLifetime).ToUnixTimeSeconds();
        var authorization = OpenAuthorization.Create(new OpenChannel(channel.Id, total, channel.Epoch, deadline), chain.Domain, wallet.Key);
        channel = await ledger.SaveChannelAsync(leased.Lease, offer.Id, channel.Terms, channel.Epoch, total, cancellationToken);
        SignedVoucher? voucher = fee == TokenAmount.Zero
            ? null
            : new Voucher(channel.Id, channel.Epoch, channel.Signed + fee).Sign(chain.Domain, leased.SessionKey);
        var purchase = voucher is null ? null : new Purchase(want.InfoHash.ToString(), ByteCount.Zero);
        var outcome = await ledger.SaveOpeningAsync(leased.Lease, new ClientOpening(authorization, paid + fee), voucher, purchase, cancellationToken);
        return outcome is RecordOutcome.Stored or RecordOutcome.Repeated
            ? leased with { Channel = channel with { Highest = voucher ?? channel.Highest }, Authorization = authorization, Fee = fee }
            : throw new PaymentException(VoucherRejection.Accepted, $"the ledger does not take the voucher for its fee ({outcome})");
    }

    private async Task<TokenAmount> ReserveAsync(
        ClientChannel channel, TokenAmount held, RelayOffer offer, TokenAmount want, TokenAmount fee, CancellationToken cancellationToken)
    {
        var total = TokenAmount.Max(channel.Signed + want + fee, offer.Record.MinimumDeposit);
        var need = total.SubtractSaturating(held);
        await transactions.CatchUpAsync(cancellationToken);
        var free = await chain.PendingDepositAsync(wallet.Address, cancellationToken);
        if (free < need)
        {
            var balance = await chain.PendingBalanceAsync(wallet.Address, cancellationToken);
            var deposit = TokenAmount.Min(balance, need - free);
            if (deposit > TokenAmount.Zero)
            {
                // In a block is enough: the relay's transaction comes after it, in any fork.
                var receipt = await transactions.DepositAsync(deposit, TransactionStage.Included, cancellationToken);
                free = receipt.IsAccepted ? free + deposit : free;
            }
        }

        total = TokenAmount.Max(held, held + TokenAmount.Min(free, need));
        var least = TokenAmount.Min(want, offer.Price.Owed(LeastBytes)) + fee;
        return total.SubtractSaturating(channel.Signed) >= least && total >= offer.Record.MinimumDeposit
            ? total
            : throw new ClientException(
                ExitCode.Funds,
                $"The wallet {wallet.Address} cannot pay this relay: {least.ToBtt()} and a reserve of {offer.Record.MinimumDeposit.ToBtt()} are the least. Send BTT to the wallet.");
    }
}
