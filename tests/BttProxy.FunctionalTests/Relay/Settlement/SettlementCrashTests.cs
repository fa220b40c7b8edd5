using BttProxy.FunctionalTests.Relay.Settlement.Sweep;
using Xunit;

namespace BttProxy.FunctionalTests.Relay.Settlement;

/// <summary>A part of the sweep that <c>tests/figures settlement-crash-sweep</c> runs whole.</summary>
public sealed class SettlementCrashTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KilledBetweenWhatItStoresAndSends_EveryChannelIsPaidOnce()
    {
        await using var sweep = await SettlementSweep.StartAsync(SettlementChild.Start, TimeSpan.Zero, Token);
        var trials = new List<SweepTrial>();
        await foreach (var trial in sweep.RunAsync(SettlementFault.None, step: 3, Token))
        {
            trials.Add(trial);
        }

        Assert.DoesNotContain(trials, static trial => trial.Problem is not null);
        Assert.InRange(trials.Count(static trial => trial.WasKilled), 3, 10);
    }
}
