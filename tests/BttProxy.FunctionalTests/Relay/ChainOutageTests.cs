using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

public sealed class ChainOutageTests : IAsyncLifetime
{
    private const int Step = 16 * 1024;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(8 << 20, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact] // [26: nodes down]
    public async Task ChainOutOfSight_EndsCreditButTakesMoneyForWhatWasDelivered_AndItsReturnBringsCreditBack()
    {
        var options = _world.RelayOptions("relay");
        options.Credit.CreditWait = TimeSpan.FromSeconds(1);
        options.Settlement.ChainCheckInterval = TimeSpan.FromMilliseconds(200);
        options.Settlement.MaxChainViewAge = TimeSpan.FromSeconds(2);
        await using var relay = await _world.StartRelayAsync(options, Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);

        _world.Devnet.Host.Front.IsOut = true;
        var answer = await PayUntilAsync(customer, VoucherRejection.ChainViewStale);
        Assert.Equal(customer.VoucherFor(customer.Received).Voucher.Cumulative, answer.AcceptedTotal);
        Assert.Empty(await customer.ReadAsync(_world.InfoHash, 0, Step, payEvery: 0, Token));
        var ahead = await customer.PayAsync(customer.VoucherFor(customer.Received + Step), Token);
        Assert.Equal((VoucherRejection.ChainViewStale, answer.AcceptedTotal), (ahead.Code, ahead.AcceptedTotal));

        _world.Devnet.Host.Front.IsOut = false;
        await Eventually.IsTrueAsync(async () =>
            (await customer.PayAsync(customer.VoucherFor(customer.Received + Step), Token)).Code == VoucherRejection.Accepted);

        Assert.Equal(4 * Step, (await customer.ReadAsync(_world.InfoHash, 0, 4 * Step, payEvery: Step, Token)).Length);
    }

    private async Task<VoucherAnswer> PayUntilAsync(RelayCustomer customer, VoucherRejection code)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            await customer.ReadAsync(_world.InfoHash, 0, Step, payEvery: 0, deadline.Token);
            var answer = await customer.PayAsync(customer.VoucherFor(customer.Received), deadline.Token);
            if (answer.Code == code)
            {
                return answer;
            }

            Assert.Equal(VoucherRejection.Accepted, answer.Code);
            await Task.Delay(100, deadline.Token);
        }
    }
}
