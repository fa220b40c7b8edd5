using BttProxy.Devnet.Books;
using BttProxy.Devnet.World;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Hosting;

namespace BttProxy.Devnet.Demo;

/// <summary>Collects what relays, client and chain have written down, each from its own source.</summary>
internal sealed class BookKeeper
{
    private readonly DevnetWorld _world;
    private readonly TokenAmount _walletBefore;
    private readonly Dictionary<RelayId, TokenAmount> _payeesBefore;

    private BookKeeper(DevnetWorld world, TokenAmount walletBefore, Dictionary<RelayId, TokenAmount> payeesBefore)
    {
        _world = world;
        _walletBefore = walletBefore;
        _payeesBefore = payeesBefore;
    }

    /// <summary>Notes the balances before anything is paid.</summary>
    public static async Task<BookKeeper> OpenAsync(DevnetWorld world, CancellationToken cancellationToken)
    {
        var payees = new Dictionary<RelayId, TokenAmount>();
        foreach (var relay in world.Relays)
        {
            payees[relay.Id] = await world.Chain.BalanceAsync(relay.Host.Payee, cancellationToken);
        }

        return new BookKeeper(world, await world.Chain.BalanceAsync(world.Wallet.Address, cancellationToken), payees);
    }

    /// <summary>Waits until the relay has claimed all that it was paid; false when it has not by the deadline.</summary>
    public static async Task<bool> ClaimedAsync(RelayHost relay, TimeSpan deadline, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var start = timeProvider.GetTimestamp();
        while ((await relay.ReadBooksAsync(cancellationToken)).Unclaimed > TokenAmount.Zero)
        {
            if (timeProvider.GetElapsedTime(start) > deadline)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), timeProvider, cancellationToken);
        }

        return true;
    }

    public async Task<(PayerStatement Payer, IReadOnlyList<RelayStatement> Relays)> CloseAsync(ClientLedger client, CancellationToken cancellationToken)
    {
        var relays = new List<RelayStatement>();
        var reserved = TokenAmount.Zero;
        foreach (var relay in _world.Relays)
        {
            var (signed, claimedOnChain, held) = (TokenAmount.Zero, TokenAmount.Zero, TokenAmount.Zero);
            foreach (var channel in await client.ChannelsAsync(relay.Id, cancellationToken))
            {
                signed += channel.SpentBefore + channel.Signed;
                if (await _world.Chain.ChannelAsync(channel.Id, cancellationToken) is { } onChain)
                {
                    claimedOnChain += onChain.Claimed;
                    held += onChain.Reserved - onChain.Claimed;
                }
            }

            reserved += held;
            var books = await relay.Host.ReadBooksAsync(cancellationToken);
            relays.Add(new RelayStatement
            {
                Name = relay.Name,
                RelayId = relay.Id,
                Price = relay.Price,
                Delivered = books.BytesDelivered,
                Forgiven = books.BytesForgiven,
                Paid = books.Accepted,
                Claimed = books.Claimed,
                Signed = signed,
                ClaimedOnChain = claimedOnChain,
                PayeeBefore = _payeesBefore[relay.Id],
                PayeeAfter = await _world.Chain.BalanceAsync(relay.Host.Payee, cancellationToken),
            });
        }

        var payer = new PayerStatement(
            _walletBefore,
            await _world.Chain.BalanceAsync(_world.Wallet.Address, cancellationToken),
            await _world.Chain.DepositedAsync(_world.Wallet.Address, cancellationToken),
            reserved);
        return (payer, relays);
    }
}
