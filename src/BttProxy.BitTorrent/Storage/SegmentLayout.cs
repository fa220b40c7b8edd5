using System.Numerics;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.Storage;

/// <summary>
/// How content is cut into files when they are named by index: into segments of equal size, whatever the torrent's own files are, so that
/// pieces lie on block borders, and a segment whose pieces are all gone is a file that can go too.
/// </summary>
internal readonly record struct SegmentLayout(int PieceLength, long Length)
{
    // Few enough files for a large torrent, and little enough to give up at once where a file cannot be given back in part.
    private const long MinSegmentLength = 64 * 1024 * 1024;

    // A multiple of every usual block size: pieces below it are given up together, so that whole blocks come free.
    private const int MinUnitLength = 64 * 1024;

    public int PieceCount => (int)((Length + PieceLength - 1) / PieceLength);

    public long SegmentLength => Math.Max(MinSegmentLength, PieceLength);

    public int SegmentCount => (int)((Length + SegmentLength - 1) / SegmentLength);

    /// <summary>Numbers from a file, which may be damaged.</summary>
    public bool IsValid => PieceLength is >= TorrentLimits.MinPieceLength and <= TorrentLimits.MaxPieceLength
        && BitOperations.IsPow2(PieceLength)
        && Length > 0 && Length <= (long)TorrentLimits.MaxPieces * PieceLength;

    /// <summary>How many pieces are given up together: one, unless pieces are tiny or the disk gives back whole files only.</summary>
    public int PiecesPerUnit(bool givesBackParts) =>
        givesBackParts ? Math.Max(1, MinUnitLength / PieceLength) : (int)(SegmentLength / PieceLength);

    /// <summary>Bytes of a run of pieces; the last piece may be short.</summary>
    public long SizeOf(PieceRange pieces) =>
        Math.Min(Length, (long)pieces.End * PieceLength) - ((long)pieces.First * PieceLength);

    /// <summary>The pieces of a segment.</summary>
    public PieceRange PiecesOf(int segment)
    {
        var perSegment = (int)(SegmentLength / PieceLength);
        var first = segment * perSegment;
        return new PieceRange(first, Math.Min(perSegment, PieceCount - first));
    }

    public int SegmentOf(int piece) => (int)((long)piece * PieceLength / SegmentLength);
}
