using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>The operator's claims on a chain whose blocks take time and need 18 more to be final.</summary>
public sealed class OperatorSlowChainTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 20, TimeSpan.FromMilliseconds(500), Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // The books learn only from the close that the claim has ended.
    public async Task CloseWithAClaimUnderWay_ClaimsTheRestAfterIt(bool running)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: true, Token);
        await using (var claim = relay.Start("claim"))
        {
            await Eventually.IsTrueAsync(() => claim.Error.Contains("Sent 1 claim as transaction 0x", StringComparison.Ordinal));
            await claim.SignalAsync("INT", Token);
            Assert.Equal(130, await claim.ExitAsync(Deadline, Token));
        }

        await relay.Customer.ReadAsync(_world.InfoHash, OperatedRelay.Bytes, OperatedRelay.Bytes, payEvery: 0, Token);
        var last = relay.Customer.VoucherFor(2 * OperatedRelay.Bytes);
        Assert.Equal(VoucherRejection.Accepted, (await relay.Customer.PayAsync(last, Token)).Code);
        if (!running)
        {
            await relay.StopAsync();
            await Eventually.IsTrueAsync(async () => await relay.BalanceAsync(Token) == relay.Owed);
        }

        var close = await relay.RunAsync(Token, "close", relay.ChannelName, "--json");

        Assert.Equal(0, close.ExitCode);
        Assert.Equal(last.Voucher.Cumulative, await relay.BalanceAsync(Token));
        var claims = close.Json.GetProperty("claim").GetProperty("claims").EnumerateArray().ToArray();
        Assert.All(claims, static claim => Assert.Equal("settled", claim.GetProperty("state").GetString()));
        Assert.Equal(2, claims.Length);
        var paid = claims.Aggregate(TokenAmount.Zero, static (sum, claim) => sum + TokenAmount.Parse(claim.GetProperty("value").GetString()));
        Assert.Equal(last.Voucher.Cumulative, paid);
    }
}
