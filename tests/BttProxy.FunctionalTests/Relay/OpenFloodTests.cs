using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>Sessions are asked for that nobody means to pay; numbers in brackets are attacks of the threat list.</summary>
public sealed class OpenFloodTests : IAsyncLifetime
{
    private const int Requests = 60;

    private static readonly TokenAmount Deposit = new(2_000_000_000);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 20, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact] // [16, 35]
    public async Task ChannelsThatNoDepositCovers_CostTheRelayNoTransactionAndAreSoonRefusedUnread()
    {
        var options = _world.RelayOptions("relay");
        options.Credit.MaxRefusedOpensPerMinute = 10;
        await using var relay = await _world.StartRelayAsync(options, Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Deposit, Token);
        var before = (await _world.Chain.HeadAsync(Token)).Number;

        var refusals = new List<SessionRejection>();
        for (var i = 0; i < Requests; i++)
        {
            var refused = await Assert.ThrowsAsync<RelayRefusedException>(() => customer.OpenAsync(Deposit + Deposit, Token));
            refusals.Add(refused.Refusal!.Session);
        }

        // The minute may turn once on the way.
        Assert.All(refusals, code => Assert.Contains(code, (SessionRejection[])[SessionRejection.DepositMissing, SessionRejection.TooManyInvalid]));
        Assert.InRange(refusals.Count(code => code == SessionRejection.DepositMissing), 10, 20);
        Assert.Equal(before, (await _world.Chain.HeadAsync(Token)).Number);
    }

    [Fact] // [35: a new session for each batch of forgeries]
    public async Task OneChannelAskedForSessionsForEver_IsRefusedBeforeTheChainIsAsked()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var customer = await RelayCustomer.CreateAsync(_world, relay.Record, Deposit, Token);
        var (opened, refusal) = (0, SessionRejection.Accepted);
        while (refusal == SessionRejection.Accepted && opened < 200)
        {
            refusal = await customer.AskAsync(Deposit, Token);
            opened += refusal == SessionRejection.Accepted ? 1 : 0;
        }

        Assert.Equal(SessionRejection.TooManyInvalid, refusal);
        // The minute may turn once on the way.
        Assert.InRange(opened, 60, 120);
    }
}
