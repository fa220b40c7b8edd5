namespace BttProxy.BitTorrent.Storage;

/// <summary>Gives disk space back that pieces no longer need.</summary>
internal static class SegmentSpace
{
    /// <summary>Of pieces that are not there any more: the whole segment when nothing else of it is there, otherwise their blocks.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public static void Release(ContentFiles files, SegmentLayout layout, Bitfield have, PieceRange gone)
    {
        var segment = layout.SegmentOf(gone.First);
        if (!HoldsAny(have, layout.PiecesOf(segment)))
        {
            files.Delete(segment);
            return;
        }
        Punch(files, layout, segment, gone);
    }

    /// <summary>What a killed process left behind: written and not yet recorded, or recorded as gone and not yet given back.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public static void ReleaseAllMissing(ContentFiles files, SegmentLayout layout, Bitfield have)
    {
        for (var segment = 0; segment < layout.SegmentCount; segment++)
        {
            var pieces = layout.PiecesOf(segment);
            if (!HoldsAny(have, pieces))
            {
                files.Delete(segment);
                continue;
            }
            for (var piece = pieces.First; piece < pieces.End; piece++)
            {
                var first = piece;
                while (piece < pieces.End && !have[piece])
                {
                    piece++;
                }
                if (piece > first)
                {
                    Punch(files, layout, segment, new PieceRange(first, piece - first));
                }
            }
        }
    }

    /// <summary>Whole pieces, also of the last one that is short: only then does its last block come free.</summary>
    private static void Punch(ContentFiles files, SegmentLayout layout, int segment, PieceRange gone) => files.Punch(
        segment, ((long)gone.First * layout.PieceLength) - (segment * layout.SegmentLength), (long)gone.Count * layout.PieceLength);

    private static bool HoldsAny(Bitfield have, PieceRange pieces)
    {
        for (var piece = pieces.First; piece < pieces.End; piece++)
        {
            if (have[piece])
            {
                return true;
            }
        }
        return false;
    }
}
