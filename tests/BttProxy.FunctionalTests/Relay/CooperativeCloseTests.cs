using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>Closes on a chain whose blocks take time and need 18 more to be final.</summary>
public sealed class CooperativeCloseTests : IAsyncLifetime
{
    private const int Bytes = 200_000;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 20, TimeSpan.FromMilliseconds(300), Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Close_IsAnsweredAtOnceAndWrittenDownWhenItIsFinal(bool restarts, bool forks)
    {
        var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Reserve, Token);
        await UntilAsync(async () => await customer.AskAsync(Reserve, Token) == SessionRejection.Accepted && customer.Pending is null);
        await customer.ReadAsync(_world.InfoHash, 0, Bytes, payEvery: 0, Token);
        Assert.Equal(VoucherRejection.Accepted, (await customer.PayAsync(customer.VoucherFor(Bytes), Token)).Code);
        var owed = customer.Account.CumulativeFor(new ByteCount(Bytes));

        var closed = await customer.CloseAsync(null, Token, customer.AuthorizeClose(owed));
        Assert.Equal((VoucherRejection.Accepted, owed), (closed.Code, closed.AcceptedTotal));
        Assert.Equal(0UL, (await _world.Chain.ChannelAsync(customer.ChannelId, Token))!.Epoch);
        Assert.Equal(SessionRejection.ChannelClosing, await customer.AskAsync(Reserve, Token));
        var before = await relay.ReadBooksAsync(Token);
        Assert.Equal((TokenAmount.Zero, owed), (before.Claimed, before.Unclaimed));

        if (restarts)
        {
            await relay.DisposeAsync();
            relay = await _world.StartRelayAsync("relay", Token);
        }

        if (forks)
        {
            await UntilAsync(async () => (await _world.Chain.PendingChannelAsync(customer.ChannelId, Token))!.Epoch == 1);
            await _world.Devnet.Host.Front.Chain.ForkAsync(18, isKept: false, Token);
        }

        await using (relay)
        {
            await UntilAsync(async () => (await relay.ReadBooksAsync(Token)).Claimed == owed);
            Assert.Equal(TokenAmount.Zero, (await relay.ReadBooksAsync(Token)).Unclaimed);
            Assert.Equal(owed, await _world.Chain.BalanceAsync(relay.Payee, Token));
            Assert.Equal(Reserve - owed, await _world.Chain.DepositedAsync(customer.Payer.Address, Token));
        }
    }

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.IsTrueAsync(condition, RelayCustomer.AskPause);
}
