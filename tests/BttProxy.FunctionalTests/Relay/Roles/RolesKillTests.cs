using BttProxy.FunctionalTests.Relay.World;
using Xunit;

namespace BttProxy.FunctionalTests.Relay.Roles;

/// <summary>The figure worker-kill measures the same with more users.</summary>
public sealed class RolesKillTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WorkerAndGatewayKilled_CostNoByteAndNoVoucher()
    {
        const int Downloads = 4;
        await using var world = await MarketWorld.StartAsync(32 << 20, TimeSpan.Zero, Token, seedRate: 3 << 20);

        var outcome = await new RolesTrial(world, Downloads).RunAsync(Token);

        output.WriteLine(outcome.ToString());
        Assert.Equal((Downloads, 0L), (outcome.Exact, outcome.MissingBytes));
        Assert.True(outcome is { HitByWorker: > 0, HitByGateway: > 0, Resumed: > 0 });
        Assert.Equal((outcome.Signed, outcome.Signed), (outcome.Accepted, outcome.Claimed));
        Assert.All(outcome.ExitCodes, static code => Assert.Equal(0, code));
    }
}
