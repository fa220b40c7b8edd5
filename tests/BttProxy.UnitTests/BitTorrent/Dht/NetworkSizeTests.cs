using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class NetworkSizeTests
{
    private readonly NetworkSize _size = new();

    [Theory]
    [InlineData(20)]
    [InlineData(500)]
    [InlineData(20_000)]
    public void RandomTargets_TellTheSize(int nodes)
    {
        var ids = Ids(nodes);
        Learn(ids, 15);
        Assert.InRange(_size.Estimate!.Value, nodes * 0.5, nodes * 2.0);
    }

    [Fact]
    public void BeforeTheFirstLookup_NothingIsKnownAndNobodyIsSuspected()
    {
        Assert.Null(_size.Estimate);
        var target = Target(1);
        Assert.Equal(0, _size.CountCrowd(target, Nearest(target, Ids(1000), 20)));
        _size.Learn(target, Nearest(target, Ids(7), 7));
        Assert.Null(_size.Estimate);
    }

    [Fact]
    public void ChanceNeighbours_AreNoCrowd()
    {
        var ids = Ids(5000);
        Learn(ids, 15);
        for (var i = 0; i < 200; i++)
        {
            var target = Target(100 + i);
            Assert.Equal(0, _size.CountCrowd(target, Nearest(target, ids, 28)));
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(60)]
    public void IdsPlacedAroundATarget_AreACrowd(int attackers)
    {
        var ids = Ids(5000);
        Learn(ids, 15);
        var target = Target(1);
        var placed = Enumerable.Range(0, attackers).Select(i => target.CreateRandomNeighbour(40 + (i % 8))).ToArray();
        Assert.InRange(_size.CountCrowd(target, Nearest(target, [.. ids, .. placed], attackers + 20)), attackers, attackers + 4);
    }

    [Fact]
    public void ManyEstimates_AreBoundedAndTheOldestIsForgotten()
    {
        Learn(Ids(50), 1000);
        Learn(Ids(5000), 15);
        Assert.InRange(_size.Estimate!.Value, 2500, 10_000);
    }

    private void Learn(DhtNodeId[] ids, int lookups)
    {
        for (var i = 0; i < lookups; i++)
        {
            var target = Target(i % 15);
            _size.Learn(target, Nearest(target, ids, 20));
        }
    }

    // As good as random, and the same in each run.
    private static DhtNodeId[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => DhtNodeId.Hash(BitConverter.GetBytes(i)))];

    private static DhtNodeId Target(int number) => DhtNodeId.Hash(BitConverter.GetBytes(-1 - number));

    private static DhtNodeId[] Nearest(DhtNodeId target, DhtNodeId[] ids, int count) =>
        [.. ids.Order(Comparer<DhtNodeId>.Create(target.CompareDistance)).Take(count)];
}
