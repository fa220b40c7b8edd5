using BttProxy.Client.Fetching;
using BttProxy.Client.Payments;
using BttProxy.Protocol.Keys;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Client;

public class PieceScheduleTests
{
    private const int PieceLength = 1000;

    private static readonly PieceGeometry Geometry = new(9500, PieceLength);

    [Fact]
    public void NothingHere_OneRunCoversEverything()
    {
        var schedule = new PieceSchedule(Geometry, static _ => false);
        Assert.Equal(new ByteRun(0, 9500), schedule.Take(long.MaxValue));
        Assert.Null(schedule.Take(long.MaxValue));
    }

    [Fact]
    public void VerifiedPieces_SplitTheRuns()
    {
        var schedule = new PieceSchedule(Geometry, static piece => piece is 2 or 9);
        Assert.Equal((2, 1500L), (schedule.VerifiedPieces, schedule.VerifiedBytes));
        Assert.Equal(new ByteRun(0, 2000), schedule.Take(long.MaxValue));
        Assert.Equal(new ByteRun(3000, 6000), schedule.Take(long.MaxValue));
        Assert.Null(schedule.Take(long.MaxValue));
    }

    [Theory]
    [InlineData(999, null)]
    [InlineData(1000, 1000L)]
    [InlineData(2999, 2000L)]
    [InlineData(-5, null)]
    public void Limit_IsRoundedDownToWholePieces(long limit, long? expected) =>
        Assert.Equal(expected, new PieceSchedule(Geometry, static _ => false).Take(limit)?.Length);

    [Fact]
    public void BrokenRun_IsContinuedAtTheVeryByte()
    {
        var (first, second) = (Tally(1), Tally(2));
        var schedule = new PieceSchedule(Geometry, static _ => false);
        var run = schedule.Take(long.MaxValue)!.Value;
        var piece = schedule.Begin(0);
        piece.Advance(400, first);
        schedule.GiveBack(run, 400, piece);
        Assert.Equal(400, schedule.PartialBytes);

        Assert.Equal(new ByteRun(400, 9100), schedule.Take(long.MaxValue));
        var again = schedule.Begin(0);
        Assert.Equal(600, again.Free.Length);
        again.Advance(600, second);
        Assert.True(again.IsComplete);
        Assert.False(again.IsFromOneRelay);
        Assert.Equal([new Contribution(first, 400), new Contribution(second, 600)], again.Contributions);
    }

    [Fact]
    public void BegunPiece_EndsTheRunBeforeIt()
    {
        var schedule = new PieceSchedule(Geometry, static _ => false);
        var run = schedule.Take(long.MaxValue)!.Value;
        for (var index = 0; index < 3; index++)
        {
            schedule.Begin(index).Dispose();
            schedule.Checking(index);
        }

        var third = schedule.Begin(3);
        third.Advance(1, Tally(1));
        schedule.GiveBack(run, 3001, third);
        schedule.Failed(1);
        Assert.Equal(new ByteRun(1000, 1000), schedule.Take(long.MaxValue));
        Assert.Equal(new ByteRun(3001, 6499), schedule.Take(long.MaxValue));
    }

    [Fact]
    public void MixedPieceThatFailed_IsBegunAnewWhenTheRelayChanges()
    {
        var schedule = new PieceSchedule(Geometry, static piece => piece != 0);
        var run = schedule.Take(long.MaxValue)!.Value;
        schedule.Begin(0).Dispose();
        schedule.Checking(0);
        schedule.Failed(0);
        run = schedule.Take(long.MaxValue)!.Value;
        var piece = schedule.Begin(0);
        piece.Advance(10, Tally(1));
        schedule.GiveBack(run, 10, piece);

        schedule.DropMixable();

        Assert.Equal(new ByteRun(0, 1000), schedule.Take(long.MaxValue));
    }

    [Fact]
    public void AnyOrderOfEvents_EndsWithEveryByteOnce()
    {
        // Relays that break off anywhere, pieces that fail now and then: at the end each piece was verified once, and no byte is lost.
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 999], Gen.Int[0, 1000].Array[1, 200]).Sample((pieces, rest, chances) =>
        {
            var geometry = new PieceGeometry(((pieces - 1) * (long)PieceLength) + rest, PieceLength);
            var schedule = new PieceSchedule(geometry, static _ => false);
            var next = 0;
            int Chance() => next < chances.Length ? chances[next++] : 999;
            for (var rounds = 0; !schedule.IsComplete; rounds++)
            {
                Assert.True(rounds < 1000);
                Deliver(schedule, schedule.Take(PieceLength * (1 + (Chance() % 7)))!.Value, Chance);
            }

            Assert.Equal((geometry.Count, geometry.Length, 0L), (schedule.VerifiedPieces, schedule.VerifiedBytes, schedule.PartialBytes));
        });
    }

    private static void Deliver(PieceSchedule schedule, ByteRun run, Func<int> chance)
    {
        var relay = Tally((byte)(chance() % 3));
        var position = run.Start;
        PieceBuffer? piece = null;
        while (position < run.End)
        {
            piece ??= schedule.Begin((int)(position / PieceLength));
            if (chance() < 100)
            {
                schedule.GiveBack(run, position, piece);
                return;
            }

            var count = Math.Min(piece.Free.Length, 1 + chance());
            piece.Advance(count, relay);
            position += count;
            if (piece.IsComplete)
            {
                schedule.Checking(piece.Index);
                if (chance() < 50)
                {
                    schedule.Failed(piece.Index);
                }
                else
                {
                    schedule.Verified(piece.Index);
                }

                piece.Dispose();
                piece = null;
            }
        }
    }

    private static SessionTally Tally(byte relay)
    {
        var id = new byte[32];
        id[0] = relay;
        return new SessionTally(new RelayId(new Bytes32(id)), static () => { });
    }
}
