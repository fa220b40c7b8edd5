using BttProxy.Devnet.Chain.Node;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A relay that opens channels on a chain whose blocks take time and need 18 more to be final.</summary>
public sealed class ChannelOpeningTests : IAsyncLifetime
{
    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private static readonly Bytes32 Opened = Keccak256.Hash(
        "ChannelOpened(bytes32,address,address,address,address,address,uint40,bytes32,uint64,uint128)"u8);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TronChain Chain => _world.Devnet.Host.Front.Chain;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 20, TimeSpan.FromMilliseconds(300), Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Channel_IsOpenedOnceHoweverOftenItIsAskedFor()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Reserve, Token);
        Assert.Equal(SessionRejection.Accepted, await customer.AskAsync(Reserve, Token));
        var first = customer.Pending!;
        Assert.Equal(ChainProgress.BlocksNeeded, first.BlocksNeeded);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => customer.AskAsync(Reserve, Token)));
        var waited = await OpenAsync(customer);

        Assert.All(waited, pending => Assert.Equal(first.TransactionId, pending.TransactionId));
        Assert.Equal(waited.Select(static pending => pending.Blocks).Order(), waited.Select(static pending => pending.Blocks));
        Assert.Equal(Reserve, (await _world.Chain.ChannelAsync(customer.ChannelId, Token))!.Reserved);
        Assert.Equal(1, await OpeningsAsync());
    }

    [Fact]
    public async Task RelayThatRestarts_SendsNothingAgain()
    {
        var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Reserve, Token);
        await AskUntilIncludedAsync(customer);
        await relay.DisposeAsync();

        await using var restarted = await _world.StartRelayAsync("relay", Token);
        using var again = customer.At(restarted.Record);
        Assert.Equal(SessionRejection.Accepted, await again.AskAsync(Reserve, Token));
        // Nobody told it which transaction it is; unless the start took so long that the channel is final.
        Assert.Equal(Bytes32.Zero, again.Pending?.TransactionId ?? Bytes32.Zero);
        await OpenAsync(again);
        Assert.Equal(1, await OpeningsAsync());
    }

    [Fact]
    public async Task Attack11_UnconfirmedDepositThatAForkRemoves_GivesNoCredit()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Reserve, Token, isFinal: false);
        await AskUntilIncludedAsync(customer);
        await Chain.ForkAsync(18, isKept: false, Token);

        // The relay sends its transaction again; without the deposit it reverts, and that becomes final too.
        var answer = SessionRejection.Accepted;
        await UntilAsync(async () => (answer = await customer.AskAsync(Reserve, Token)) != SessionRejection.Accepted);

        Assert.Equal(SessionRejection.DepositMissing, answer);
        Assert.Null(customer.Session);
        var books = await relay.ReadBooksAsync(Token);
        Assert.Equal((ByteCount.Zero, TokenAmount.Zero), (books.BytesDelivered, books.Accepted));
    }

    [Fact]
    public async Task ForkThatOnlyDelays_EndsInOneChannel()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Reserve, Token);
        await AskUntilIncludedAsync(customer);
        // Its block is undone, and nobody but the relay remembers the transaction.
        await Chain.ForkAsync(18, isKept: false, Token);

        await OpenAsync(customer);
        Assert.Equal(Reserve, (await _world.Chain.ChannelAsync(customer.ChannelId, Token))!.Reserved);
    }

    private static async Task AskUntilIncludedAsync(RelayCustomer customer) => await UntilAsync(async () =>
    {
        Assert.Equal(SessionRejection.Accepted, await customer.AskAsync(Reserve, Token));
        return customer.Pending?.Blocks > 0;
    });

    /// <summary>Asks until there is a session; what was answered before.</summary>
    private static async Task<List<ChannelPending>> OpenAsync(RelayCustomer customer)
    {
        var waited = new List<ChannelPending>();
        await UntilAsync(async () =>
        {
            Assert.Equal(SessionRejection.Accepted, await customer.AskAsync(Reserve, Token));
            if (customer.Pending is { } pending)
            {
                waited.Add(pending);
            }

            return customer.Pending is null;
        });
        return waited;
    }

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.IsTrueAsync(condition, RelayCustomer.AskPause);

    /// <summary>Channels opened on the whole chain, by its events.</summary>
    private Task<int> OpeningsAsync() => Chain.ReadAsync(
        view => Enumerable.Range(0, (int)view.Number + 1).SelectMany(number => view.InfosOf(number)).SelectMany(static info => info.Log)
            .Count(log => log.Topics.Count > 0 && log.Topics[0].Span.SequenceEqual(Opened.Span)),
        isSolidified: false, Token);
}
