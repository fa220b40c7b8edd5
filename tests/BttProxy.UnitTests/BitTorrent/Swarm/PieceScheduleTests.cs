using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class PieceScheduleTests
{
    private const int BlocksPerPiece = SwarmFixtures.PieceLength / BlockRequest.BlockLength;

    [Fact]
    public void NothingWanted_AsksForNothing()
    {
        var info = SwarmFixtures.Info(10);
        Assert.Empty(Fill(SwarmFixtures.Schedule(info), SwarmFixtures.Peer(info), 100));
    }

    [Fact]
    public void Reader_GetsItsNearestPieceFirst()
    {
        var info = SwarmFixtures.Info(10);
        var schedule = SwarmFixtures.Schedule(info);
        schedule.AddWindow(Window(3, 5));

        var chosen = Fill(schedule, SwarmFixtures.Peer(info), 6);

        Assert.Equal([3, 3, 3, 3, 4, 4], chosen.Select(block => block.Piece));
        Assert.Equal([0, 16_384, 32_768, 49_152, 0, 16_384], chosen.Select(block => block.Begin));
    }

    [Fact]
    public void TwoReaders_ShareByDistance()
    {
        var info = SwarmFixtures.Info(20);
        var schedule = SwarmFixtures.Schedule(info);
        schedule.AddWindow(Window(0, 5));
        schedule.AddWindow(Window(10, 15));

        var chosen = Fill(schedule, SwarmFixtures.Peer(info), 4 * BlocksPerPiece);

        Assert.Equal([0, 10, 1, 11], chosen.Select(block => block.Piece).Distinct());
    }

    [Fact]
    public void LongPart_IsAskedForFromItsHeadThenItsTailThenOnward()
    {
        var info = SwarmFixtures.Info(20);
        var schedule = SwarmFixtures.Schedule(info);
        schedule.AddWindow(Window(2, 4, new PieceRange(18, 2)));

        Assert.Equal([2, 18, 19, 3, 4], Fill(schedule, SwarmFixtures.Peer(info), 100).Select(block => block.Piece).Distinct());
        Assert.True(schedule.IsInWindow(new PieceRange(19, 1)));
        Assert.False(schedule.IsInWindow(new PieceRange(5, 13)));
    }

    [Fact]
    public void ReaderWhoseTailIsThere_SharesByDistanceAsOthersDo()
    {
        var info = SwarmFixtures.Info(20);
        var have = new Bitfield(20);
        have.Set(18);
        have.Set(19);
        var schedule = new PieceSchedule(info, have, new PieceMemory(1 << 20));
        schedule.AddWindow(Window(2, 6, new PieceRange(18, 2)));
        schedule.AddWindow(Window(10, 14));

        var chosen = Fill(schedule, SwarmFixtures.Peer(info), 4 * BlocksPerPiece);

        Assert.Equal([2, 10, 3, 11], chosen.Select(block => block.Piece).Distinct());
    }

    [Fact]
    public void SeveralPeers_ShareOnePiece()
    {
        var info = SwarmFixtures.Info(10);
        var schedule = SwarmFixtures.Schedule(info);
        schedule.AddWindow(Window(0, 0));

        var first = Fill(schedule, SwarmFixtures.Peer(info), 3);
        var second = Fill(schedule, SwarmFixtures.Peer(info), 3);

        Assert.Equal(BlocksPerPiece, first.Concat(second).Distinct().Count());
        Assert.Single(second);
    }

    [Fact]
    public void FullMemory_FinishesPiecesBeforeBeginningOthers()
    {
        var info = SwarmFixtures.Info(10);
        var schedule = SwarmFixtures.Schedule(info, memory: 2 * SwarmFixtures.PieceLength);
        schedule.WantsAll = true;
        Assert.Equal(2 * BlocksPerPiece, Fill(schedule, SwarmFixtures.Peer(info), 1000).Count);
    }

    [Fact]
    public void PieceLargerThanTheMemory_IsStillFetchedAlone()
    {
        var info = SwarmFixtures.Info(10);
        var schedule = SwarmFixtures.Schedule(info, memory: 1000);
        schedule.WantsAll = true;
        Assert.Equal(BlocksPerPiece, Fill(schedule, SwarmFixtures.Peer(info), 1000).Count);
    }

    [Fact]
    public void RarestPiece_ComesFirstWhenAllIsWanted()
    {
        var info = SwarmFixtures.Info(10);
        var schedule = SwarmFixtures.Schedule(info);
        schedule.WantsAll = true;
        for (var i = 0; i < 3; i++)
        {
            var other = SwarmFixtures.Peer(info);
            other.SetPieces(i == 0 ? [0xff, 0xc0] : [0xfd, 0xc0], info.PieceCount);
            schedule.AddPeer(other);
        }
        Assert.Equal(6, Fill(schedule, SwarmFixtures.Peer(info), 1)[0].Piece);
    }

    [Fact]
    public void LateBlock_IsAskedFromASecondPeerOnce()
    {
        var info = SwarmFixtures.Info(1);
        var schedule = SwarmFixtures.Schedule(info);
        schedule.WantsAll = true;
        Fill(schedule, SwarmFixtures.Peer(info), 100, now: 0);

        Assert.Empty(Fill(schedule, SwarmFixtures.Peer(info), 100, now: 400));
        Assert.Equal(BlocksPerPiece, Fill(schedule, SwarmFixtures.Peer(info), 100, now: 60_000).Count);
        Assert.Empty(Fill(schedule, SwarmFixtures.Peer(info), 100, now: 120_000));
    }

    [Fact]
    public void SuspectPiece_IsFetchedFromOnePeerOnly()
    {
        var info = SwarmFixtures.Info(1);
        var schedule = SwarmFixtures.Schedule(info);
        schedule.WantsAll = true;
        schedule.Suspect(0);
        var only = SwarmFixtures.Peer(info);

        Assert.Single(Fill(schedule, only, 1));
        Assert.Empty(Fill(schedule, SwarmFixtures.Peer(info), 100));
        Assert.Equal(BlocksPerPiece - 1, Fill(schedule, only, 100).Count);
    }

    [Fact]
    public void SuspectPieceWhoseSourceLeft_StartsOverWithAnother()
    {
        var info = SwarmFixtures.Info(1);
        var schedule = SwarmFixtures.Schedule(info);
        schedule.WantsAll = true;
        schedule.Suspect(0);
        var first = SwarmFixtures.Peer(info);
        Fill(schedule, first, 2);
        var assembly = schedule.Find(0)!;
        assembly.Receive(0, first, new byte[BlockRequest.BlockLength]);
        assembly.Release(1, first);

        Assert.Equal(BlocksPerPiece, Fill(schedule, SwarmFixtures.Peer(info), 100).Count);
    }

    [Fact]
    public void ReaderThatLeaves_LeavesUnwantedPieces()
    {
        var info = SwarmFixtures.Info(10);
        var memory = new PieceMemory(1 << 20);
        var schedule = new PieceSchedule(info, new Bitfield(10), memory);
        var window = Window(2, 3);
        schedule.AddWindow(window);
        Fill(schedule, SwarmFixtures.Peer(info), 100);
        Assert.Empty(schedule.Unwanted());

        schedule.RemoveWindow(window);
        foreach (var assembly in schedule.Unwanted())
        {
            schedule.Remove(assembly);
        }
        Assert.Equal(0, memory.Used);
        Assert.False(schedule.IsWanting());
    }

    [Fact]
    public void AnyPeersInAnyOrder_GetEveryBlockOnce() =>
        Gen.Select(Gen.Int[1, 12], Gen.Select(Gen.Int[0, 3], Gen.Int[1, 9]).Array[1, 40]).Sample((pieces, turns) =>
        {
            var info = SwarmFixtures.Info(pieces);
            var schedule = SwarmFixtures.Schedule(info);
            schedule.WantsAll = true;
            var peers = Enumerable.Range(0, 4).Select(_ => SwarmFixtures.Peer(info)).ToArray();
            var seen = new HashSet<BlockRequest>();
            foreach (var (peer, count) in turns)
            {
                Assert.All(Fill(schedule, peers[peer], count), block => Assert.True(seen.Add(block)));
            }
            Assert.All(Fill(schedule, peers[0], 1000), block => Assert.True(seen.Add(block)));
            Assert.Equal(pieces * BlocksPerPiece, seen.Count);
        });

    private static List<BlockRequest> Fill(PieceSchedule schedule, PeerSession peer, int count, long now = 0)
    {
        var chosen = new List<BlockRequest>();
        schedule.Fill(peer, count, now, chosen);
        return chosen;
    }

    private static ReadWindow Window(int first, int last, PieceRange tail = default)
    {
        var window = new ReadWindow(SwarmFixtures.PieceLength) { Tail = tail };
        window.Move((long)first * SwarmFixtures.PieceLength, (last + 1L) * SwarmFixtures.PieceLength);
        return window;
    }
}
