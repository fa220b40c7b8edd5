using System.Net;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class PacketBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void QueriesToOneNode_StayBelowWhatLibtorrentBans()
    {
        var budget = new PacketBudget(DhtLimits.OutboundPerSecond, DhtLimits.OutboundBurst, DhtTestData.PublicRules, _time);
        var sent = 0;
        for (var step = 0; step < 1000; step++)
        {
            while (budget.TryTake(DhtTestData.PublicPeer(1, 2000 + (step % 7))))
            {
                sent++;
            }
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }
        Assert.InRange(sent, 40, 49);
    }

    [Fact]
    public void ReservedPackets_WaitTheirTurn()
    {
        var budget = new PacketBudget(2, 3, DhtTestData.PublicRules, _time);
        var waits = Enumerable.Range(0, 5).Select(_ => budget.Reserve(DhtTestData.PublicPeer(1)).TotalSeconds);
        Assert.Equal([0, 0, 0, 0.5, 1], waits);
        Assert.Equal(TimeSpan.Zero, budget.Reserve(DhtTestData.PublicPeer(2)));
    }

    [Fact]
    public void Ports_CountTogetherOnThePublicNetworkAndApartInATestNetwork()
    {
        var isPublic = new PacketBudget(1, 1, DhtTestData.PublicRules, _time);
        Assert.True(isPublic.TryTake(DhtTestData.PublicPeer(1, 2000)));
        Assert.False(isPublic.TryTake(DhtTestData.PublicPeer(1, 2001)));
        var test = new PacketBudget(1, 1, DhtTestData.TestNetworkRules, _time);
        Assert.True(test.TryTake(new IPEndPoint(IPAddress.Loopback, 2000)));
        Assert.True(test.TryTake(new IPEndPoint(IPAddress.Loopback, 2001)));
    }

    [Fact]
    public void ManyRemotes_AreForgottenInTime()
    {
        var budget = new PacketBudget(1, 1, DhtTestData.PublicRules, _time);
        for (var i = 0; i < DhtLimits.PacedRemotes * 3; i++)
        {
            Assert.True(budget.TryTake(DhtTestData.PublicPeer(i)));
        }
        Assert.InRange(budget.Count, 1, DhtLimits.PacedRemotes);
    }
}
