using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;

namespace BttProxy.BitTorrent.Cache;

/// <summary>What is known of a torrent in the cache, in the swarm or not. Changed under the cache's lock.</summary>
internal sealed class CachedTorrent(InfoHash infoHash, SegmentLayout layout, int piecesPerUnit, long overhead)
{
    public InfoHash InfoHash { get; } = infoHash;

    public SegmentLayout Layout { get; } = layout;

    /// <summary>Bytes of its metadata and state, which go when everything of it goes.</summary>
    public long Overhead { get; } = overhead;

    /// <summary>Bytes on disk.</summary>
    public long Held { get; set; } = overhead;

    public bool IsPinned { get; set; }

    public UnitOrder Units { get; } = new();

    /// <summary>Null while the torrent is in no swarm.</summary>
    public TorrentState? Open { get; set; }

    /// <summary>Held by whoever opens, closes or changes what is on disk of a torrent that is not open.</summary>
    public SemaphoreSlim Use { get; } = new(1);

    public int UnitOf(int piece) => piece / piecesPerUnit;

    public PieceRange PiecesOf(int unit)
    {
        var first = unit * piecesPerUnit;
        return new PieceRange(first, Math.Min(piecesPerUnit, Layout.PieceCount - first));
    }

    /// <summary>A unit counts as a whole, however many of its pieces are there: a block of the disk is not divided either.</summary>
    public long SizeOf(int unit) => Layout.SizeOf(PiecesOf(unit));
}
