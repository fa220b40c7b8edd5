using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Keeps info dictionaries beside the pieces, so that a restart needs no peer to know what it has.</summary>
internal static class MetadataFile
{
    public static async Task SaveAsync(TorrentInfo info, PieceStoreOptions options, CancellationToken cancellationToken)
    {
        var path = PathOf(info.InfoHash, options);
        if (File.Exists(path))
        {
            return;
        }
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path + ".new", info.RawBytes, cancellationToken);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, path);
        }
    }

    /// <summary>Null when there is none, or it is damaged: peers have it too.</summary>
    public static TorrentInfo? TryLoad(InfoHash infoHash, PieceStoreOptions options)
    {
        try
        {
            var file = new FileInfo(PathOf(infoHash, options));
            if (!file.Exists || file.Length > TorrentLimits.MaxInfoBytes)
            {
                return null;
            }
            var info = TorrentInfo.Parse(File.ReadAllBytes(file.FullName));
            return info.IsNamed(infoHash) ? info : null;
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception) || exception is InvalidTorrentException)
        {
            return null;
        }
    }

    /// <summary>Bytes that it takes on disk for a torrent whose files are named by index.</summary>
    public static long SizeOf(InfoHash infoHash, string directory)
    {
        var file = new FileInfo(PathOf(infoHash, new PieceStoreOptions { Directory = directory, Layout = StorageLayout.ByIndex }));
        return file.Exists ? file.Length : 0;
    }

    private static string PathOf(InfoHash infoHash, PieceStoreOptions options) => options.Layout == StorageLayout.ByIndex
        ? Path.Join(Path.GetFullPath(options.Directory), infoHash.ToString(), "info")
        : Path.Join(Path.GetFullPath(options.Directory), ".bttproxy", $"{infoHash}.info");
}
