using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Cache;
using BttProxy.BitTorrent.Storage;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Cache;

public sealed class CacheIndexTests
{
    private const int Unit = 64 * 1024;
    private const int Torrents = 4;
    private const int Pieces = 12;

    [Fact]
    public void LeastRecentlyUsed_GoesFirst()
    {
        var index = new CacheIndex(new CacheBudget(2 * Unit, null));
        var (one, two) = (Torrent(1), Torrent(2));
        index.Add(one);
        index.Add(two);
        index.Use(one, 0, 1);
        index.Use(two, 0, 2);
        Assert.Null(index.Next(long.MaxValue));
        index.Use(one, 1, 3);
        index.Use(one, 0, 4);

        Assert.Equal(new Victim(two, 0, EvictionReason.TotalBudget), index.Next(long.MaxValue));
        Assert.Null(index.Next(before: 2));
    }

    [Fact]
    public void TorrentAboveItsOwnBudget_GoesBeforeOlderOnes()
    {
        var index = new CacheIndex(new CacheBudget(2 * Unit, Unit));
        var (one, two) = (Torrent(1), Torrent(2));
        index.Add(one);
        index.Add(two);
        index.Use(one, 0, 1);
        index.Use(two, 0, 2);
        index.Use(two, 1, 3);

        Assert.Equal(new Victim(two, 0, EvictionReason.TorrentBudget), index.Next(long.MaxValue));
    }

    [Fact]
    public void PinnedTorrent_NeitherCountsNorGoes()
    {
        var index = new CacheIndex(new CacheBudget(0, 0));
        var torrent = Torrent(1);
        index.Add(torrent);
        index.Use(torrent, 0, 1);
        index.SetPinned(torrent, true);
        Assert.Null(index.Next(long.MaxValue));
        Assert.Equal((0, Unit), (index.Held, index.Pinned));

        index.SetPinned(torrent, false);
        Assert.NotNull(index.Next(long.MaxValue));
        Assert.Equal((Unit, 0), (index.Held, index.Pinned));
    }

    [Fact]
    public void TinyPieces_GoTogether()
    {
        var layout = new SegmentLayout(1024, 100 * 1024);
        var torrent = new CachedTorrent(default, layout, layout.PiecesPerUnit(givesBackParts: true), 0);
        Assert.Equal(64, layout.PiecesPerUnit(givesBackParts: true));
        Assert.Equal((0, 1), (torrent.UnitOf(63), torrent.UnitOf(64)));
        Assert.Equal((Unit, 36 * 1024), (torrent.SizeOf(0), torrent.SizeOf(1)));
        Assert.Equal(new PieceRange(64, 36), torrent.PiecesOf(1));
    }

    /// <summary>Any order of uses, losses and pins gives the sums and the victims that a plain list gives.</summary>
    [Fact]
    public void AnyHistory_IsThatOfASimpleModel() =>
        Gen.Select(
            Gen.Int[0, Torrents * Pieces], Gen.Int[0, Pieces],
            Gen.Select(Gen.Int[0, 9], Gen.Int[0, Torrents - 1], Gen.Int[0, Pieces - 1]).Array[0, 200]).Sample((total, each, steps) =>
        {
            var index = new CacheIndex(new CacheBudget((long)total * Unit, (long)each * Unit));
            var torrents = Enumerable.Range(0, Torrents).Select(Torrent).ToArray();
            var model = new List<(int Torrent, int Unit, long Stamp)>();
            var pinned = new bool[Torrents];
            foreach (var torrent in torrents)
            {
                index.Add(torrent);
            }
            var stamp = 0L;
            foreach (var (kind, torrent, unit) in steps)
            {
                switch (kind)
                {
                    case < 6:
                        index.Use(torrents[torrent], unit, ++stamp);
                        model.RemoveAll(held => held.Torrent == torrent && held.Unit == unit);
                        model.Add((torrent, unit, stamp));
                        break;
                    case 6:
                        index.Drop(torrents[torrent], unit);
                        model.RemoveAll(held => held.Torrent == torrent && held.Unit == unit);
                        break;
                    case 7:
                        pinned[torrent] = unit % 2 == 0;
                        index.SetPinned(torrents[torrent], pinned[torrent]);
                        break;
                    default:
                        // What goes is what the model says, until the budgets hold.
                        while (index.Next(long.MaxValue) is { } victim)
                        {
                            Assert.Equal(Expected(model, pinned, total, each), (Array.IndexOf(torrents, victim.Torrent), victim.Unit));
                            index.Drop(victim.Torrent, victim.Unit);
                            model.RemoveAll(held => torrents[held.Torrent] == victim.Torrent && held.Unit == victim.Unit);
                        }
                        Assert.Null(Expected(model, pinned, total, each));
                        break;
                }
                Assert.Equal(model.Count(held => !pinned[held.Torrent]) * (long)Unit, index.Held);
                Assert.Equal(model.Count(held => pinned[held.Torrent]) * (long)Unit, index.Pinned);
            }
        });

    private static (int Torrent, int Unit)? Expected(List<(int Torrent, int Unit, long Stamp)> model, bool[] pinned, int total, int each)
    {
        var mayGo = model.Where(held => !pinned[held.Torrent]).OrderBy(held => held.Stamp).ToList();
        var ofItsOwn = mayGo.Where(held => model.Count(other => other.Torrent == held.Torrent) > each).ToList();
        var victims = ofItsOwn.Count > 0 ? ofItsOwn : mayGo.Count > total ? mayGo : [];
        return victims.Count == 0 ? null : (victims[0].Torrent, victims[0].Unit);
    }

    private static CachedTorrent Torrent(int number) =>
        new(InfoHash.Compute([(byte)number]), new SegmentLayout(Unit, Pieces * (long)Unit), piecesPerUnit: 1, overhead: 0);
}
