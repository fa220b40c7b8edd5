using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.Client.Fetching;

/// <summary>Info dictionaries of earlier downloads, one file each, checked by their hash when read.</summary>
internal sealed class MetadataCache(string? directory)
{
    public async Task<TorrentInfo?> FindAsync(InfoHash infoHash, CancellationToken cancellationToken)
    {
        try
        {
            if (directory is null || new FileInfo(PathOf(infoHash)) is not { Exists: true, Length: <= TorrentLimits.MaxInfoBytes } file)
            {
                return null;
            }

            var bytes = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
            return infoHash.Names(bytes) ? TorrentInfo.Parse(bytes) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidTorrentException)
        {
            // A cache: without it the relay is asked again.
            return null;
        }
    }

    public async Task KeepAsync(TorrentInfo info, CancellationToken cancellationToken)
    {
        if (directory is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(directory);
            await File.WriteAllBytesAsync(PathOf(info.InfoHash), info.RawBytes, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // As above; the content's own disk reports what matters.
        }
    }

    private string PathOf(InfoHash infoHash) => Path.Combine(directory!, infoHash + ".info");
}
