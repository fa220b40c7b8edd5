using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.Client.Fetching;

/// <summary>What to fetch. Without <see cref="Info"/> a relay is asked for the metadata.</summary>
public sealed record DownloadTarget(InfoHash InfoHash, string? Name, TorrentInfo? Info)
{
    /// <summary>Reads a magnet link, an info-hash (40 hexadecimal or 32 base32 digits) or the path of a .torrent file.</summary>
    /// <exception cref="ClientException">It is none of these, or cannot be read.</exception>
    public static async Task<DownloadTarget> ParseAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            if (text.StartsWith("magnet:", StringComparison.OrdinalIgnoreCase))
            {
                var link = MagnetLink.Parse(text);
                return new DownloadTarget(link.InfoHash, link.Name, null);
            }

            if (InfoHash.TryParse(text, out var infoHash))
            {
                return new DownloadTarget(infoHash, null, null);
            }

            if (!File.Exists(text))
            {
                throw new ClientException(
                    ExitCode.BadInput, $"'{Shorten(text)}' is neither a magnet link, nor an info-hash, nor a .torrent file that exists.");
            }

            var torrent = await TorrentFile.LoadAsync(text, cancellationToken);
            return new DownloadTarget(torrent.InfoHash, torrent.Info.Name, torrent.Info);
        }
        catch (InvalidTorrentException failure)
        {
            throw new ClientException(ExitCode.BadInput, failure.Message, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ExitCode.BadInput, $"The .torrent file cannot be read: {failure.Message}", failure);
        }
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "...";
}
