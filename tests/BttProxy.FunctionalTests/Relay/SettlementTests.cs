using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

public sealed class SettlementTests : IAsyncLifetime
{
    private const int Bytes = 200_000;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 20, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task ClosedSession_IsClaimedWithoutWaitingForATrigger()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await PaidAsync(relay.Record);
        var owed = customer.Account.CumulativeFor(new ByteCount(Bytes));

        await customer.CloseAsync(null, Token);

        await WaitForBalanceAsync(relay.Payee, owed);
    }

    [Fact]
    public async Task StoppedRelay_HasClaimedEverything()
    {
        var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await PaidAsync(relay.Record);
        var payee = relay.Payee;

        await relay.DisposeAsync();

        Assert.Equal(customer.Account.CumulativeFor(new ByteCount(Bytes)), await _world.Chain.BalanceAsync(payee, Token));
    }

    [Fact]
    public async Task CooperativeClose_PaysTheRelayAndReturnsTheRest()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await PaidAsync(relay.Record);
        var owed = customer.Account.CumulativeFor(new ByteCount(Bytes));

        var closed = await customer.CloseAsync(null, Token, customer.AuthorizeClose(owed));

        Assert.Equal((VoucherRejection.Accepted, owed), (closed.Code, closed.AcceptedTotal));
        Assert.Equal(owed, await _world.Chain.BalanceAsync(relay.Payee, Token));
        Assert.Equal(Reserve - owed, await _world.Chain.DepositedAsync(customer.Payer.Address, Token));
        var books = await relay.ReadBooksAsync(Token);
        Assert.Equal((owed, TokenAmount.Zero), (books.Claimed, books.Unclaimed));
    }

    private async Task<RelayCustomer> PaidAsync(Protocol.Relays.SignedRelayRecord record)
    {
        var customer = await RelayCustomer.CreateAsync(_world, record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        await customer.ReadAsync(_world.InfoHash, 0, Bytes, payEvery: 0, Token);
        Assert.Equal(VoucherRejection.Accepted, (await customer.PayAsync(customer.VoucherFor(Bytes), Token)).Code);
        return customer;
    }

    private Task WaitForBalanceAsync(Protocol.Keys.TronAddress payee, TokenAmount expected) =>
        Eventually.IsTrueAsync(async () => await _world.Chain.BalanceAsync(payee, Token) == expected);
}
