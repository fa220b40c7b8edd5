using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.WebSeeds;

/// <summary>A part of one file.</summary>
/// <param name="File">The file.</param>
/// <param name="Position">Where the part begins in it.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct ContentPart(TorrentContentFile File, long Position, int Length)
{
    /// <summary>The files that a stretch of the concatenated content lies in, one after the other.</summary>
    public static IEnumerable<ContentPart> Split(TorrentInfo info, long offset, int length)
    {
        var end = offset + length;
        for (var i = FirstFile(info, offset); i < info.Files.Count && info.Files[i].Offset < end; i++)
        {
            var file = info.Files[i];
            var from = Math.Max(offset, file.Offset);
            var to = Math.Min(end, file.Offset + file.Length);
            if (to > from)
            {
                yield return new ContentPart(file, from - file.Offset, (int)(to - from));
            }
        }
    }

    /// <summary>The first file that ends behind the offset.</summary>
    private static int FirstFile(TorrentInfo info, long offset)
    {
        var (low, high) = (0, info.Files.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (info.Files[middle].Offset + info.Files[middle].Length <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }
}
