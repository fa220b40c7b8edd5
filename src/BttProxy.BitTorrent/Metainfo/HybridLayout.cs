namespace BttProxy.BitTorrent.Metainfo;

/// <summary>A hybrid torrent (BEP 52) is taken only when its two halves describe the same files at the same places.</summary>
internal static class HybridLayout
{
    /// <summary>The layout of v1, which lists the padding, with the hashes of v2.</summary>
    /// <exception cref="InvalidTorrentException">The halves differ.</exception>
    public static TorrentLayout Join(TorrentLayout version1, TorrentLayout version2, int pieceLength)
    {
        var files = new TorrentContentFile[version1.Files.Count];
        using var tree = version2.Files.Where(file => !file.IsPadding).GetEnumerator();
        for (var i = 0; i < files.Length; i++)
        {
            files[i] = version1.Files[i];
            if (!files[i].IsPadding)
            {
                if (!tree.MoveNext() || !IsSame(files[i], tree.Current))
                {
                    throw Mismatch();
                }
                files[i] = files[i] with { PiecesRoot = tree.Current.PiecesRoot };
            }
        }
        // v1 may pad its last file too.
        if (tree.MoveNext() || version1.IsSingleFile != version2.IsSingleFile
            || PieceCount(version1, pieceLength) != PieceCount(version2, pieceLength))
        {
            throw Mismatch();
        }
        return version1 with { Files = files };
    }

    private static bool IsSame(TorrentContentFile one, TorrentContentFile other) =>
        one.Length == other.Length && (one.Length == 0 || one.Offset == other.Offset) && one.Path.SequenceEqual(other.Path);

    private static long PieceCount(TorrentLayout layout, int pieceLength) => (layout.Length + pieceLength - 1) / pieceLength;

    private static InvalidTorrentException Mismatch() => new(
        TorrentProblem.HybridMismatch, "The torrent's v1 and v2 halves describe different files; it is damaged or made to deceive.");
}
