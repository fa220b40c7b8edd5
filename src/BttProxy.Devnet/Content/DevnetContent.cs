using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.Devnet.Content;

/// <summary>What the devnet's seeder offers: files on disk, the torrent made from them, and the hash that a download must have.</summary>
internal sealed record DevnetContent(string Directory, TorrentInfo Info, string Sha256)
{
    public MagnetLink Magnet => MagnetLink.Of(Info);

    /// <exception cref="DevnetException">The files cannot be written.</exception>
    public static async Task<DevnetContent> PrepareAsync(string directory, long size, CancellationToken cancellationToken)
    {
        try
        {
            var root = Path.Combine(directory, ContentPlan.Name);
            await ContentFiles.WriteAsync(root, ContentPlan.Create(size), cancellationToken);
            var torrent = TorrentFile.Parse(await TorrentBuilder.CreateAsync(root, null, null, cancellationToken));
            var sha256 = await ContentFiles.HashAsync(PathsIn(torrent.Info, directory), cancellationToken);
            return new DevnetContent(directory, torrent.Info, sha256);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DevnetException($"Cannot write the content to {directory}: {exception.Message}", exception);
        }
    }

    /// <summary>SHA-256 of the same torrent's files under another directory.</summary>
    public Task<string> HashDownloadAsync(string directory, CancellationToken cancellationToken) =>
        ContentFiles.HashAsync(PathsIn(Info, directory), cancellationToken);

    private static IEnumerable<string> PathsIn(TorrentInfo info, string directory) =>
        info.Files.Where(file => !file.IsPadding).Select(file => Path.Combine([directory, .. file.Path]));
}
