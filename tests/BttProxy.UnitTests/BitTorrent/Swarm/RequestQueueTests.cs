using BttProxy.BitTorrent.Swarm;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class RequestQueueTests
{
    [Fact]
    public void AnySequence_MatchesAList() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 40]).Array[0, 400].Sample(steps =>
        {
            var queue = new RequestQueue();
            var expected = new List<(int Block, long At)>();
            for (var now = 0; now < steps.Length; now++)
            {
                var (action, block) = steps[now];
                var known = expected.FindIndex(entry => entry.Block == block);
                if (action == 9 && block == 0)
                {
                    Assert.Equal(expected.Select(entry => new PendingBlock(7, entry.Block, entry.At)), queue.Drain());
                    expected.Clear();
                }
                else if (action < 5 && known < 0)
                {
                    queue.Add(7, block, now);
                    expected.Add((block, now));
                }
                else
                {
                    Assert.Equal(known >= 0, queue.Remove(7, block));
                    expected.RemoveAll(entry => entry.Block == block);
                }
                Assert.Equal(expected.Count, queue.Count);
                if (expected.Count > 0)
                {
                    Assert.Equal(expected[0].At, queue.OldestAt);
                }
            }
        });
}
