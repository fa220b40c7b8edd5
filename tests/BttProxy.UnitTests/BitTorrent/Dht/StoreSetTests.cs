using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class StoreSetTests
{
    [Fact]
    public void NearestEight_AreChosenWhateverTheirIds()
    {
        var nodes = Enumerable.Range(0, 40).Select(i => Node(i, isVerified: i >= 8)).ToList();
        Assert.Equal(nodes.Take(20), StoreSet.Choose(new DhtLookupResult(nodes, 0)));
    }

    [Fact]
    public void FurtherOut_VerifiedIdsComeFirst()
    {
        var nodes = Enumerable.Range(0, 30).Select(i => Node(i, isVerified: i >= 18)).ToList();
        var chosen = StoreSet.Choose(new DhtLookupResult(nodes, 0)).ToList();
        Assert.Equal([.. nodes.Take(8), .. nodes.Skip(18).Take(12)], chosen);
    }

    [Fact]
    public void NodesWithoutAToken_AreLeftOut()
    {
        var nodes = Enumerable.Range(0, 30).Select(i => Node(i, isVerified: true, hasToken: i % 2 == 1)).ToList();
        Assert.All(StoreSet.Choose(new DhtLookupResult(nodes, 0)), node => Assert.False(node.Token.IsEmpty));
    }

    [Fact]
    public void Crowd_GetsEightCopiesAndTheRestGoBeyondIt()
    {
        var nodes = Enumerable.Range(0, 50).Select(i => Node(i, isVerified: true)).ToList();
        var chosen = StoreSet.Choose(new DhtLookupResult(nodes, 25)).ToList();
        Assert.Equal([.. nodes.Take(8), .. nodes.Skip(25).Take(12)], chosen);
    }

    private static LookupCandidate Node(int number, bool isVerified, bool hasToken = true)
    {
        var peer = DhtTestData.PublicPeer(number);
        return new LookupCandidate(peer)
        {
            Id = isVerified ? SecureNodeId.Create(peer.Address) : DhtTestData.Id(0),
            Token = hasToken ? "token"u8.ToArray() : default,
        };
    }
}
