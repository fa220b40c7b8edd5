namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Where a torrent's files lie in its content, as one of its versions tells.</summary>
internal sealed record TorrentLayout(string Name, IReadOnlyList<TorrentContentFile> Files, bool IsSingleFile)
{
    public long Length => Files[^1].Offset + Files[^1].Length;
}
