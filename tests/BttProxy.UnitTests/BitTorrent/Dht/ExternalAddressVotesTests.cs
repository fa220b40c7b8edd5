using System.Net;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class ExternalAddressVotesTests
{
    private static readonly IPAddress Ours = IPAddress.Parse("8.8.8.8");
    private static readonly IPAddress Lie = IPAddress.Parse("9.9.9.9");
    private readonly ExternalAddressVotes _votes = new(DhtTestData.PublicRules);

    [Fact]
    public void EightNetworks_AreBelieved()
    {
        for (var i = 0; i < 7; i++)
        {
            Assert.Null(_votes.Add(DhtTestData.PublicPeer(i), Ours));
        }
        Assert.Equal(Ours, _votes.Add(DhtTestData.PublicPeer(7), Ours));
    }

    [Fact]
    public void OneNetwork_HasOneVoteHoweverManyItsAddresses()
    {
        for (byte i = 1; i < 200; i++)
        {
            Assert.Null(_votes.Add(new IPEndPoint(new IPAddress([30, 1, 1, i]), 6881), Lie));
        }
    }

    [Fact]
    public void HalfTheVotes_AreNoMajority()
    {
        for (var i = 0; i < 8; i++)
        {
            Assert.Null(_votes.Add(DhtTestData.PublicPeer(i), i % 2 == 0 ? Lie : Ours));
        }
        Assert.Equal(Ours, _votes.Add(DhtTestData.PublicPeer(8), Ours));
    }

    [Fact]
    public void PrivateAddresses_AreNeverBelieved()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(_votes.Add(DhtTestData.PublicPeer(i), IPAddress.Parse("10.0.0.1")));
            Assert.Null(_votes.Add(DhtTestData.PublicPeer(i), IPAddress.IPv6Loopback));
        }
    }
}
