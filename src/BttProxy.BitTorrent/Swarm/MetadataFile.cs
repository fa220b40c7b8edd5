using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Keeps what is known of a torrent beside its pieces, so that a restart needs no peer to know what it has: the info dictionary, and for v2
/// (BEP 52) a .torrent file once all piece layers are here.
/// </summary>
internal static class MetadataFile
{
    private const string InfoName = "info";
    private const string TorrentName = "torrent";

    public static async Task SaveAsync(TorrentInfo info, PieceStoreOptions options, CancellationToken cancellationToken)
    {
        await SaveAsync(PathOf(info.InfoHash, options, InfoName), info.RawBytes, cancellationToken);
        if (info.FileHashes is { IsComplete: true, Layers.Count: > 0 })
        {
            await SaveHashesAsync(info, options, cancellationToken);
        }
    }

    /// <summary>Keeps the piece layers as well.</summary>
    public static Task SaveHashesAsync(TorrentInfo info, PieceStoreOptions options, CancellationToken cancellationToken) =>
        SaveAsync(PathOf(info.InfoHash, options, TorrentName), TorrentFile.Write(info), cancellationToken);

    /// <summary>Null when there is none, or it is damaged: peers have it too.</summary>
    public static TorrentInfo? TryLoad(InfoHash infoHash, PieceStoreOptions options) =>
        TryLoad(infoHash, PathOf(infoHash, options, TorrentName), TorrentLimits.MaxTorrentFileBytes, bytes => TorrentFile.Parse(bytes).Info)
        ?? TryLoad(infoHash, PathOf(infoHash, options, InfoName), TorrentLimits.MaxInfoBytes, bytes => TorrentInfo.Parse(bytes));

    public static bool Exists(InfoHash infoHash, PieceStoreOptions options) => File.Exists(PathOf(infoHash, options, InfoName));

    /// <summary>Bytes that it takes on disk for a torrent whose files are named by index.</summary>
    public static long SizeOf(InfoHash infoHash, string directory)
    {
        var options = new PieceStoreOptions { Directory = directory, Layout = StorageLayout.ByIndex };
        return LengthOf(PathOf(infoHash, options, InfoName)) + LengthOf(PathOf(infoHash, options, TorrentName));
    }

    private static async Task SaveAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            return;
        }
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path + ".new", bytes, cancellationToken);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, path);
        }
    }

    private static TorrentInfo? TryLoad(InfoHash infoHash, string path, long maxLength, Func<byte[], TorrentInfo> parse)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > maxLength)
            {
                return null;
            }
            var info = parse(File.ReadAllBytes(path));
            return info.IsNamed(infoHash) ? info : null;
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception) || exception is InvalidTorrentException)
        {
            return null;
        }
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static string PathOf(InfoHash infoHash, PieceStoreOptions options, string name) => options.Layout == StorageLayout.ByIndex
        ? Path.Join(Path.GetFullPath(options.Directory), infoHash.ToString(), name)
        : Path.Join(Path.GetFullPath(options.Directory), ".bttproxy", $"{infoHash}.{name}");
}
