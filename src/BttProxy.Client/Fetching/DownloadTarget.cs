using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.Client.Torrents;

namespace BttProxy.Client.Fetching;

/// <summary>What to fetch. Without <see cref="Info"/> a relay is asked for the metadata.</summary>
public sealed record DownloadTarget(InfoHash InfoHash, string? Name, TorrentInfo? Info)
{
    /// <summary>Reads a magnet link, an info-hash (40 hexadecimal or 32 base32 digits) or the path of a .torrent file.</summary>
    /// <exception cref="ClientException">It is none of these, or cannot be read.</exception>
    public static async Task<DownloadTarget> ParseAsync(string text, CancellationToken cancellationToken)
    {
        var source = await TorrentSource.ParseAsync(text, cancellationToken);
        return new DownloadTarget(source.InfoHash, source.Name, source.File?.Info);
    }
}
