using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class UploadSlotsTests
{
    private const int Slots = 4;
    private const int Minute = 60_000;

    private readonly UploadSlots _slots = new(Slots, new Random(1));
    private readonly List<PeerSession> _peers = [];
    private long _now;

    [Fact]
    public void EnoughPlaces_EverybodyIsServedAtOnceAndStays()
    {
        Join(Slots);
        Assert.All(_peers, peer => Assert.False(peer.AmChoking));
        Pass(10 * Minute, isWanting: false);
        Assert.All(_peers, peer => Assert.False(peer.AmChoking));
    }

    [Fact]
    public void PeerThatLeaves_MakesRoomForTheOneThatWaitsLongest()
    {
        Join(Slots);
        _now = 1;
        Join(1);
        _now = 2;
        Join(1);
        Assert.True(_peers[4].AmChoking);

        _slots.Remove(_peers[0], _now);
        Assert.False(_peers[4].AmChoking);
        Assert.True(_peers[5].AmChoking);
        _slots.OnNotInterested(_peers[1], _now);
        Assert.True(_peers[1].AmChoking);
        Assert.False(_peers[5].AmChoking);
    }

    [Fact]
    public void Seed_ServesEverybodyInTurn()
    {
        Join(12);
        var served = _peers.ToDictionary(peer => peer, _ => 0);
        for (var second = 0; second < 30 * 60; second++)
        {
            Pass(1000, isWanting: false);
            foreach (var peer in _peers.Where(peer => !peer.AmChoking))
            {
                served[peer]++;
            }
        }
        // Each a third of the time, give or take the place that is drawn.
        Assert.All(served.Values, seconds => Assert.InRange(seconds, 30 * 60 / 6, 30 * 60 / 2));
    }

    [Fact]
    public void Leecher_ServesThoseThatGiveMost_AndOneOther()
    {
        Join(10);
        for (var second = 0; second < 120; second++)
        {
            foreach (var giver in _peers.Skip(6).Take(3))
            {
                giver.Download.Add(100_000, _now);
            }
            Pass(1000, isWanting: true);
        }
        Assert.All(_peers.Skip(6).Take(3), giver => Assert.False(giver.AmChoking));
        Assert.Equal(Slots, _peers.Count(peer => !peer.AmChoking));
    }

    [Fact]
    public void Leecher_TriesEverybodySometime()
    {
        Join(10);
        var tried = new HashSet<PeerSession>();
        for (var second = 0; second < 60 * 60; second++)
        {
            foreach (var giver in _peers.Take(3))
            {
                giver.Download.Add(100_000, _now);
            }
            Pass(1000, isWanting: true);
            tried.UnionWith(_peers.Where(peer => !peer.AmChoking));
        }
        Assert.Equal(_peers.Count, tried.Count);
    }

    [Fact]
    public void PeerThatStoppedGiving_LosesItsPlaceToOneThatGives()
    {
        Join(6);
        var (stopped, gives) = (_peers.Take(3), _peers.Skip(3));
        for (var second = 0; second < 60; second++)
        {
            foreach (var giver in gives)
            {
                giver.Download.Add(50_000, _now);
            }
            foreach (var snubbing in stopped)
            {
                snubbing.Download.Add(100_000, _now);
                snubbing.Pipeline.Snub();
            }
            Pass(1000, isWanting: true);
        }
        Assert.All(gives, giver => Assert.False(giver.AmChoking));
    }

    [Fact]
    public void ChokedPeer_HearsOfEachRequestThatIsDropped()
    {
        Join(1);
        var peer = _peers[0];
        peer.Uploads.Enqueue(new BlockRequest(0, 0, 16_384));
        peer.Output.Clear();
        _slots.Tick(isWanting: false, mayGive: false, _now);

        Assert.Empty(peer.Uploads);
        Assert.Equal(
            [(byte)PeerMessageId.Choke, (byte)PeerMessageId.RejectRequest],
            [peer.Output.Written.Span[4], peer.Output.Written.Span[9]]);
    }

    [Fact]
    public void TorrentThatGaveEnough_ServesNobodyUntilItMayAgain()
    {
        Join(2);
        _slots.Tick(isWanting: false, mayGive: false, _now);
        Join(1);
        Assert.All(_peers, peer => Assert.True(peer.AmChoking));
        _slots.Tick(isWanting: false, mayGive: true, _now);
        Assert.All(_peers, peer => Assert.False(peer.AmChoking));
    }

    [Fact]
    public void AnySequence_NeverServesMoreThanThereArePlaces_NorLeavesOneEmpty() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Bool).Array[0, 300].Sample(steps =>
        {
            var slots = new UploadSlots(Slots, new Random(2));
            var peers = Enumerable.Range(0, 10).Select(_ => SwarmFixtures.Peer()).ToArray();
            var here = new HashSet<PeerSession>();
            var mayGive = true;
            long now = 0;
            foreach (var (action, index, flag) in steps)
            {
                now += 3000;
                switch (action)
                {
                    case 0 or 1:
                        slots.OnInterested(peers[index], now);
                        here.Add(peers[index]);
                        break;
                    case 2:
                        slots.OnNotInterested(peers[index], now);
                        here.Remove(peers[index]);
                        break;
                    case 3:
                        slots.Remove(peers[index], now);
                        here.Remove(peers[index]);
                        peers[index] = SwarmFixtures.Peer();
                        break;
                    case 4:
                        mayGive = index > 0;
                        slots.Tick(flag, mayGive, now);
                        break;
                    default:
                        slots.Tick(flag, mayGive, now);
                        break;
                }
                Assert.Equal(mayGive ? Math.Min(Slots, here.Count) : 0, peers.Count(peer => !peer.AmChoking));
            }
        });

    private void Join(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _peers.Add(SwarmFixtures.Peer());
            _slots.OnInterested(_peers[^1], _now);
        }
    }

    private void Pass(int milliseconds, bool isWanting)
    {
        for (var end = _now + milliseconds; _now < end;)
        {
            _now += 250;
            _slots.Tick(isWanting, mayGive: true, _now);
        }
    }
}
