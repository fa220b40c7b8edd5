using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

/// <summary>A reader waits for piece 0, which was asked of one peer at the beginning.</summary>
public sealed class LateBlockTests
{
    private const long Begin = 10_000;
    private const int BlocksPerPiece = SwarmFixtures.PieceLength / BlockRequest.BlockLength;

    private readonly TorrentInfo _info = SwarmFixtures.Info(10);
    private readonly PieceSchedule _schedule;
    private readonly ReadWindow _window = new(SwarmFixtures.PieceLength) { IsAwaited = true };

    public LateBlockTests()
    {
        _schedule = SwarmFixtures.Schedule(_info);
        _window.Move(0, SwarmFixtures.PieceLength);
        _schedule.AddWindow(_window);
    }

    [Fact]
    public void AwaitedBlock_IsAskedOfAFasterPeerSoon()
    {
        Ask(Peer(rate: 10_000, after: 0), after: 0);
        Assert.Empty(Ask(Peer(rate: 1_000_000, after: 100), after: 100));
        Assert.Equal(BlocksPerPiece, Ask(Peer(rate: 1_000_000, after: 200), after: 200).Count);
    }

    [Fact]
    public void AwaitedBlock_IsNotAskedOfAPeerThatIsNoFaster()
    {
        Ask(Peer(rate: 10_000, after: 0), after: 0);
        Assert.Empty(Ask(Peer(rate: 5_000, after: 200), after: 200));
    }

    [Fact]
    public void BlockThatNobodyWaitsFor_IsLeftToTheSlowerPeer()
    {
        _window.IsAwaited = false;
        Ask(Peer(rate: 10_000, after: 0), after: 0);
        Assert.Empty(Ask(Peer(rate: 1_000_000, after: 400), after: 400));
    }

    [Fact]
    public void TwoThatDoNotAnswer_GiveWayToAThird()
    {
        Ask(SwarmFixtures.Peer(_info), after: 0);
        var second = SwarmFixtures.Peer(_info);
        Assert.Equal(BlocksPerPiece, Ask(second, after: 2500).Count);

        Assert.Empty(Ask(SwarmFixtures.Peer(_info), after: 2900));
        Assert.Equal(BlocksPerPiece, Ask(SwarmFixtures.Peer(_info), after: 3100).Count);
        Assert.Equal((0, BlocksPerPiece), (second.Requests.Count, second.StaleBlocks));
        Assert.Empty(Ask(SwarmFixtures.Peer(_info), after: 3300));
    }

    /// <param name="peer">Who is asked.</param>
    /// <param name="after">Milliseconds from the beginning.</param>
    private List<BlockRequest> Ask(PeerSession peer, long after)
    {
        var chosen = new List<BlockRequest>();
        _schedule.Fill(peer, 100, Begin + after, chosen);
        return chosen;
    }

    /// <summary>One that sends so many bytes per second.</summary>
    private PeerSession Peer(long rate, long after)
    {
        var peer = SwarmFixtures.Peer(_info);
        for (var time = Begin + after - 2000; time < Begin + after; time += 250)
        {
            peer.Download.Add(rate / 4, time);
        }
        return peer;
    }
}
