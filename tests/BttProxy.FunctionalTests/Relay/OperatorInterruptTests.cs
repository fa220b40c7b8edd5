using BttProxy.FunctionalTests.Relay.World;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A claim that cannot be sent at once, and an operator who does not want to wait.</summary>
public sealed class OperatorInterruptTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 20, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(true, "claim", "the relay's outbox; it goes on with them")]
    [InlineData(false, "claim", "the relay goes on with them when it starts")]
    [InlineData(true, "close", "the relay's outbox; it goes on with them")]
    [InlineData(false, "close", "the relay goes on with them when it starts")]
    public async Task ChainDown_CtrlCLeavesTheClaimInTheOutbox(bool running, string command, string expected)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running, Token);
        await _world.Devnet.DisposeAsync();

        await using var program = relay.Start(command, relay.ChannelName);
        await Eventually.IsTrueAsync(() => program.Error.Contains("Ctrl-C ends the waiting only", StringComparison.Ordinal));
        await program.SignalAsync("INT", Token);

        Assert.Equal(130, await program.ExitAsync(Deadline, Token));
        Assert.Contains(expected, program.Error, StringComparison.Ordinal);
        var channels = (await relay.RunAsync(Token, "channels", "--json")).Json.GetProperty("channels");
        var channel = Assert.Single(channels.EnumerateArray());
        Assert.Equal(relay.Owed.ToString(), channel.GetProperty("unclaimed").GetString());
        Assert.Equal("queued", channel.GetProperty("claim").GetProperty("state").GetString());
        var earnings = (await relay.RunAsync(Token, "earnings", "--json")).Json;
        Assert.Equal(relay.Owed.ToString(), earnings.GetProperty("totals").GetProperty("underWay").GetString());
        Assert.True(earnings.TryGetProperty("breakEvenUnknown", out _));
    }
}
