using BttProxy.FunctionalTests.Relay.World;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

public sealed class CrashTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task KilledRelay_LosesNothingAcknowledged(int killAfterVouchers)
    {
        await using var world = await MarketWorld.StartAsync(4 << 20, Token);

        var outcome = await new CrashTrial(world, "relay").RunAsync(killAfterVouchers, Token);

        TestContext.Current.TestOutputHelper?.WriteLine($"crash loss: {outcome}");
        Assert.True(outcome.Remembered >= outcome.Acknowledged, $"{outcome}");
        Assert.InRange(outcome.UnpaidBytes, 0, outcome.Window);
    }
}
