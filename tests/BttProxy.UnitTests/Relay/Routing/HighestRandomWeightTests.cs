using BttProxy.Relay.Routing;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Relay.Routing;

public sealed class HighestRandomWeightTests
{
    [Fact]
    public void SameKey_SameWorkerWhateverTheOrder() =>
        Gen.Select(Gen.Byte.Array[20], Gen.Int[1, 20]).Sample((key, count) =>
        {
            var workers = Idle(count);
            var reversed = workers.Reverse().ToArray();
            Assert.Equal(workers[HighestRandomWeight.Pick(key, workers)], reversed[HighestRandomWeight.Pick(key, reversed)]);
        });

    [Fact]
    public void WorkerAdded_MovesOnlyItsShareOfTheKeys()
    {
        const int Keys = 5000;
        var before = Idle(9);
        var after = Idle(10);
        var moved = 0;
        for (var i = 0; i < Keys; i++)
        {
            var key = System.Security.Cryptography.SHA1.HashData(BitConverter.GetBytes(i));
            var (from, to) = (before[HighestRandomWeight.Pick(key, before)], after[HighestRandomWeight.Pick(key, after)]);
            if (from != to)
            {
                Assert.Equal(after[9], to);
                moved++;
            }
        }

        Assert.InRange(moved, Keys / 13, Keys / 8);
    }

    [Fact]
    public void Overloaded_WorkerIsPassedOver()
    {
        var key = new byte[20];
        var workers = Idle(4);
        var favourite = HighestRandomWeight.Pick(key, workers);
        workers[favourite] = workers[favourite] with { ActiveRequests = 50 };

        Assert.NotEqual(favourite, HighestRandomWeight.Pick(key, workers));
    }

    [Fact]
    public void AnyLoads_SomebodyWithinTheBoundIsPicked() =>
        Gen.Select(Gen.Byte.Array[20], Gen.Int[0, 1000].Array[1, 20]).Sample((key, loads) =>
        {
            var workers = loads.Select((load, i) => new WorkerLoad($"worker-{i}", load)).ToArray();
            var picked = HighestRandomWeight.Pick(key, workers);
            Assert.InRange(picked, 0, workers.Length - 1);
            Assert.True(workers[picked].ActiveRequests <= Math.Ceiling(1.25 * (loads.Sum() + 1) / loads.Length));
        });

    private static WorkerLoad[] Idle(int count) => [.. Enumerable.Range(0, count).Select(i => new WorkerLoad($"worker-{i}", 0))];
}
