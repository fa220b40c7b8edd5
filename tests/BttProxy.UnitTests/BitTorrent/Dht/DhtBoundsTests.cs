using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

/// <summary>What others send, in any order and from any address, keeps to the bounds.</summary>
public sealed class DhtBoundsTests
{
    private static readonly DhtNodeId OwnId = DhtTestData.Id(0x42);

    // Few networks with few addresses and ports each, and ids that crowd around ours: all limits are met often.
    private static readonly Gen<IPEndPoint> AnyEndPoint = Gen.Select(
        Gen.Byte[0, 30], Gen.Byte[1, 4], Gen.Int[6881, 6883], (network, host, port) => new IPEndPoint(new IPAddress([20, 1, network, host]), port));

    private static readonly Gen<DhtNodeId> AnyId = Gen.Select(
        Gen.Int[0, 12], Gen.Byte.Array[DhtNodeId.Length], (bits, bytes) => OwnId.CommonPrefixLength(new DhtNodeId(bytes)) >= bits
            ? new DhtNodeId(bytes)
            : OwnId.CreateRandomNeighbour(bits));

    [Fact]
    public void RoutingTable_AfterAnyAnswersAndFailures_KeepsItsRules() =>
        Gen.Select(Gen.Int[0, 3], AnyEndPoint, AnyId).Array[1, 300].Sample(events =>
        {
            var time = new FakeTimeProvider();
            var table = new RoutingTable(OwnId, DhtTestData.PublicRules, time);
            foreach (var (kind, endPoint, id) in events)
            {
                if (kind == 0)
                {
                    table.Fail(endPoint);
                    time.Advance(TimeSpan.FromSeconds(10));
                }
                else
                {
                    table.Confirm(new DhtContact(id, endPoint));
                }
            }
            var nodes = table.Snapshot();
            var buckets = nodes.GroupBy(node => OwnId.CommonPrefixLength(node.Id)).ToList();
            Assert.Equal(nodes.Length, table.Count);
            Assert.Equal(nodes.Length, nodes.Select(node => node.EndPoint.Address).Distinct().Count());
            Assert.All(buckets, bucket => Assert.InRange(bucket.Count(), 1, Math.Max(DhtLimits.NodesPerAnswer, 64 >> bucket.Key)));
            Assert.All(
                buckets.SelectMany(bucket => bucket.CountBy(node => DhtTestData.PublicRules.Subnet(node.EndPoint)!)),
                network => Assert.InRange(network.Value, 1, AddressRules.PerSubnet));
            Assert.InRange(table.SpareCount, 0, buckets.Count * DhtLimits.NodesPerAnswer);
        }, iter: 300);

    [Fact]
    public void ItemStore_AfterAnyWrites_HoldsNoMoreOfOneWriterThanItsShare() =>
        Gen.Select(Gen.Int[0, 120], Gen.Byte[1, 3], Gen.Int[1, 3]).Array[1, 400].Sample(writes =>
        {
            var time = new FakeTimeProvider();
            var store = new ItemStore(DhtTestData.PublicRules, time);
            var item = new StoredItem("1:a"u8.ToArray(), null);
            var kept = new Dictionary<DhtNodeId, byte>();
            foreach (var (number, host, port) in writes)
            {
                var target = DhtTestData.Id((byte)number, host);
                if (store.Put(target, item, OwnId, new IPEndPoint(new IPAddress([20, 1, 1, host]), port)))
                {
                    kept[target] = host;
                }
                time.Advance(TimeSpan.FromSeconds(1));
            }
            Assert.Equal(kept.Count, store.Count);
            Assert.All(kept.CountBy(pair => pair.Value), writer => Assert.InRange(writer.Value, 1, DhtLimits.ItemsPerWriter));
            time.Advance(DhtLimits.ItemLifetime);
            Assert.Null(store.Find(OwnId));
            Assert.Equal(0, store.Count);
        }, iter: 200);

    [Fact]
    public void PeerStore_AfterAnyAnnouncements_CountsWhatItHolds() =>
        Gen.Select(Gen.Int[0, 150], AnyEndPoint, Gen.Int[0, 60]).Array[1, 300].Sample(announcements =>
        {
            var time = new FakeTimeProvider();
            var store = new PeerStore(DhtTestData.PublicRules, time);
            var torrents = new HashSet<InfoHash>();
            foreach (var (number, peer, seconds) in announcements)
            {
                var torrent = new InfoHash(DhtTestData.Id((byte)number).Span);
                store.Add(torrent, peer);
                torrents.Add(torrent);
                time.Advance(TimeSpan.FromSeconds(seconds));
            }
            var held = torrents.Select(torrent => store.Sample(torrent, int.MaxValue).ToArray()).Where(peers => peers.Length > 0).ToList();
            Assert.Equal((held.Count, held.Sum(peers => peers.Length)), (store.InfoHashCount, store.PeerCount));
            Assert.All(
                held.SelectMany(peers => peers.CountBy(peer => peer.Address)), address => Assert.InRange(address.Value, 1, DhtLimits.PeersPerAddress));
            time.Advance(DhtLimits.PeerLifetime);
            Assert.All(torrents, torrent => Assert.Equal(0, store.Sample(torrent, 1).Length));
            Assert.Equal((0, 0), (store.InfoHashCount, store.PeerCount));
        }, iter: 200);
}
