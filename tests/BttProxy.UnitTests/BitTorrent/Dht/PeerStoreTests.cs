using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class PeerStoreTests
{
    private static readonly InfoHash Torrent = new(DhtTestData.Id(1).Span);
    private readonly FakeTimeProvider _time = new();
    private readonly PeerStore _store;

    public PeerStoreTests() => _store = new PeerStore(DhtTestData.PublicRules, _time);

    [Fact]
    public void Peer_IsForgottenAfterThirtyMinutes()
    {
        _store.Add(Torrent, DhtTestData.PublicPeer(1));
        _time.Advance(TimeSpan.FromMinutes(20));
        _store.Add(Torrent, DhtTestData.PublicPeer(2));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal([DhtTestData.PublicPeer(2)], _store.Sample(Torrent, 100).ToArray());
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(0, _store.Sample(Torrent, 100).Length);
        Assert.Equal((0, 0), (_store.InfoHashCount, _store.PeerCount));
    }

    [Fact]
    public void PeersOfOneInfoHash_AreBounded()
    {
        for (var i = 0; i < DhtLimits.PeersPerInfoHash + 50; i++)
        {
            _store.Add(Torrent, DhtTestData.PublicPeer(i));
        }
        Assert.Equal(DhtLimits.PeersPerInfoHash, _store.PeerCount);
        Assert.Equal(100, _store.Sample(Torrent, 100).ToArray().Distinct().Count());
    }

    [Fact]
    public void PortsOfOneAddress_AreBounded()
    {
        for (var port = 2000; port < 2100; port++)
        {
            _store.Add(Torrent, DhtTestData.PublicPeer(1, port));
        }
        Assert.Equal(DhtLimits.PeersPerAddress, _store.PeerCount);
    }

    [Fact]
    public void PortsOfOneLocalAddressInATestNetwork_AreAllKept()
    {
        var store = new PeerStore(DhtTestData.TestNetworkRules, _time);
        for (var port = 2000; port < 2100; port++)
        {
            store.Add(Torrent, new IPEndPoint(IPAddress.Loopback, port));
        }
        Assert.Equal(100, store.PeerCount);
    }

    [Fact]
    public void InfoHashes_AreBoundedAndTheLongestUnusedGoes()
    {
        _store.Add(Torrent, DhtTestData.PublicPeer(1));
        var second = new InfoHash(DhtTestData.Id(2).Span);
        _store.Add(second, DhtTestData.PublicPeer(1));
        for (var i = 0; i < DhtLimits.InfoHashes - 1; i++)
        {
            Assert.Equal(1, _store.Sample(Torrent, 1).Length);
            _store.Add(new InfoHash(DhtNodeId.CreateRandom().Span), DhtTestData.PublicPeer(i));
        }
        Assert.Equal(DhtLimits.InfoHashes, _store.InfoHashCount);
        Assert.Equal(DhtLimits.InfoHashes, _store.PeerCount);
        Assert.Equal(0, _store.Sample(second, 1).Length);
        Assert.Equal(1, _store.Sample(Torrent, 1).Length);
    }

    [Fact]
    public void InfoHashesOfOneAddress_AreBoundedUntilTheyExpire()
    {
        for (var i = 0; i < DhtLimits.InfoHashesPerWriter + 50; i++)
        {
            _store.Add(new InfoHash(DhtTestData.Id(2, (byte)i).Span), DhtTestData.PublicPeer(1, port: 2000 + i));
        }
        Assert.Equal(DhtLimits.InfoHashesPerWriter, _store.InfoHashCount);
        _store.Add(Torrent, DhtTestData.PublicPeer(2));
        _store.Add(Torrent, DhtTestData.PublicPeer(1));
        Assert.Equal(2, _store.Sample(Torrent, 100).Length);
        _time.Advance(DhtLimits.PeerLifetime);
        var another = new InfoHash(DhtTestData.Id(3).Span);
        _store.Add(another, DhtTestData.PublicPeer(1));
        Assert.Equal(1, _store.Sample(another, 100).Length);
    }

    [Fact]
    public void PeersInTotal_AreBounded()
    {
        for (var i = 0; i < (DhtLimits.Peers / DhtLimits.PeersPerInfoHash) + 5; i++)
        {
            var torrent = new InfoHash(DhtNodeId.CreateRandom().Span);
            for (var peer = 0; peer < DhtLimits.PeersPerInfoHash; peer++)
            {
                _store.Add(torrent, DhtTestData.PublicPeer(peer + i));
            }
        }
        Assert.InRange(_store.PeerCount, DhtLimits.Peers - DhtLimits.PeersPerInfoHash, DhtLimits.Peers);
    }
}
