namespace BttProxy.BitTorrent.Metainfo;

/// <summary>One file of a torrent.</summary>
/// <param name="Path">
/// Folders and file name, safe to join under a directory: no separators, "..", reserved or empty names. The first part is the torrent's
/// name, so a torrent of one file has exactly one part.
/// </param>
/// <param name="Length">Bytes; may be zero.</param>
/// <param name="Offset">Where the file begins in the torrent's concatenated content.</param>
/// <param name="IsPadding">
/// BEP 47, and the gaps that BEP 52 implies: zeros that align the next file to a piece; neither fetched nor stored.
/// </param>
public sealed record TorrentContentFile(IReadOnlyList<string> Path, long Length, long Offset, bool IsPadding)
{
    /// <summary>The path with "/" between its parts, for people.</summary>
    public string DisplayPath => string.Join('/', Path);

    /// <summary>The root of the file's hash tree (BEP 52): 32 bytes, or none in a v1 torrent and for an empty file.</summary>
    public ReadOnlyMemory<byte> PiecesRoot { get; init; }

    internal static TorrentContentFile Padding(string name, int index, long length, long offset) =>
        new([name, ".pad", $"{index}"], length, offset, IsPadding: true);
}
