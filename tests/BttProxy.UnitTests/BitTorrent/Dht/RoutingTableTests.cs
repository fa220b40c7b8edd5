using System.Net;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class RoutingTableTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void FarBucket_IsBoundedAndFailingNodesAreReplacedBySpares()
    {
        var table = Create(DhtTestData.PublicRules);
        for (var i = 0; i < 100; i++)
        {
            table.Confirm(new DhtContact(FarId(DhtTestData.PublicPeer(i)), DhtTestData.PublicPeer(i)));
        }
        Assert.Equal(64, table.Count);
        var victim = table.Snapshot()[0];
        table.Fail(victim.EndPoint);
        Assert.Contains(victim, table.Snapshot());
        table.Confirm(victim);
        table.Fail(victim.EndPoint);
        table.Fail(victim.EndPoint);
        Assert.DoesNotContain(victim, table.Snapshot());
        Assert.Equal(64, table.Count);
    }

    [Fact]
    public void NewcomerWithVerifiedId_ReplacesAnUnverifiedOne()
    {
        var table = Create(DhtTestData.PublicRules);
        for (var i = 0; i < 64; i++)
        {
            table.Confirm(new DhtContact(DhtTestData.Id(0x80, (byte)i), DhtTestData.PublicPeer(i)));
        }
        var peer = DhtTestData.PublicPeer(1000);
        var newcomer = new DhtContact(FarId(peer), peer);
        table.Confirm(newcomer);
        Assert.Equal(64, table.Count);
        Assert.Contains(newcomer, table.Snapshot());
    }

    [Fact]
    public void OneAddress_IsOneNode()
    {
        var table = Create(DhtTestData.PublicRules);
        for (var port = 2000; port < 2050; port++)
        {
            table.Confirm(new DhtContact(DhtNodeId.CreateRandom(), DhtTestData.PublicPeer(1, port)));
        }
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void OneNetwork_HasTwoNodesInABucket()
    {
        var table = Create(DhtTestData.PublicRules);
        for (byte i = 1; i < 50; i++)
        {
            table.Confirm(new DhtContact(DhtTestData.Id(0x80, i), new IPEndPoint(new IPAddress([30, 1, 1, i]), 6881)));
        }
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void LocalAddressInATestNetwork_HoldsManyNodes()
    {
        var table = Create(DhtTestData.TestNetworkRules);
        for (var i = 0; i < 50; i++)
        {
            table.Confirm(new DhtContact(DhtTestData.Id(0x80, (byte)i), new IPEndPoint(IPAddress.Loopback, 2000 + i)));
        }
        Assert.Equal(50, table.Count);
    }

    [Fact]
    public void PrivateAddress_IsNotTakenOnThePublicNetwork()
    {
        var table = Create(DhtTestData.PublicRules);
        var contact = new DhtContact(DhtTestData.Id(0x80), IPEndPoint.Parse("192.168.1.1:6881"));
        Assert.False(table.HasRoomFor(contact));
        table.Confirm(contact);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void OwnId_IsNotTaken()
    {
        var table = Create(DhtTestData.PublicRules);
        table.Confirm(new DhtContact(table.OwnId, DhtTestData.PublicPeer(1)));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void RestartedNode_ReplacesItsOldId()
    {
        var table = Create(DhtTestData.PublicRules);
        table.Confirm(new DhtContact(DhtTestData.Id(0x80), DhtTestData.PublicPeer(1)));
        table.Confirm(new DhtContact(DhtTestData.Id(0x40), DhtTestData.PublicPeer(1)));
        Assert.Equal([DhtTestData.Id(0x40)], table.Snapshot().Select(contact => contact.Id));
    }

    [Fact]
    public void Closest_IsOrderedByDistance()
    {
        var table = Create(DhtTestData.PublicRules);
        foreach (var i in Enumerable.Range(1, 200))
        {
            table.Confirm(new DhtContact(DhtNodeId.CreateRandom(), DhtTestData.PublicPeer(i)));
        }
        var target = DhtNodeId.CreateRandom();
        var expected = table.Snapshot().OrderBy(contact => contact.Id, Comparer<DhtNodeId>.Create(target.CompareDistance)).Take(8);
        Assert.Equal(expected, table.Closest(target, 8));
    }

    [Fact]
    public void SilentBucketAndNode_BecomeStale()
    {
        var table = Create(DhtTestData.PublicRules);
        var contact = new DhtContact(DhtTestData.Id(0x80), DhtTestData.PublicPeer(1));
        table.Confirm(contact);
        Assert.Null(table.TakeStaleBucket(DhtLimits.RefreshInterval));
        Assert.Empty(table.FindStale(DhtLimits.RefreshInterval, 8));
        _time.Advance(DhtLimits.RefreshInterval);
        Assert.Equal([contact], table.FindStale(DhtLimits.RefreshInterval, 8));
        Assert.Equal(0, table.OwnId.CommonPrefixLength(table.TakeStaleBucket(DhtLimits.RefreshInterval)!.Value));
        Assert.Null(table.TakeStaleBucket(DhtLimits.RefreshInterval));
    }

    [Fact]
    public void ChangedOwnId_KeepsTheNodes()
    {
        var table = Create(DhtTestData.PublicRules);
        table.Confirm(new DhtContact(DhtTestData.Id(0x80), DhtTestData.PublicPeer(1)));
        table.Confirm(new DhtContact(DhtTestData.Id(0x01), DhtTestData.PublicPeer(2)));
        table.ChangeOwnId(DhtTestData.Id(0x80, 1));
        Assert.Equal(2, table.Count);
        Assert.Equal(DhtTestData.Id(0x80), table.Closest(table.OwnId, 1)[0].Id);
    }

    private RoutingTable Create(AddressRules rules) => new(DhtTestData.Id(0), rules, _time);

    /// <summary>An id that belongs to the address and lies in the far half seen from id 0, if the address has such ids.</summary>
    private static DhtNodeId FarId(IPEndPoint peer) => Enumerable.Range(0, 1000).Select(_ => SecureNodeId.Create(peer.Address))
        .FirstOrDefault(id => id.Span[0] >= 0x80, DhtTestData.Id(0x80));
}
