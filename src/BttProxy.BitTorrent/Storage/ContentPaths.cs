using System.Globalization;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.Storage;

/// <summary>Where each file of a torrent lies on disk. Every path is below <see cref="Root"/> or is it.</summary>
internal sealed class ContentPaths
{
    public ContentPaths(TorrentInfo info, PieceStoreOptions options)
    {
        if (options is { ContentPath: null, Layout: StorageLayout.ByIndex })
        {
            Root = IndexRoot(options.Directory, info.InfoHash);
            Files = Segments(Root, new SegmentLayout(info.PieceLength, info.Length));
            return;
        }
        Root = Path.GetFullPath(options.ContentPath ?? options.Directory);
        // Content that exists may have another name than the torrent.
        var skipped = options.ContentPath is null ? 0 : 1;
        Files = [.. info.Files.Select(file => new StoredFile(Join(Root, file.Path.Skip(skipped)), file.Offset, file.Length, file.IsPadding))];
    }

    /// <summary>A torrent of which only the size is known, with files named by index.</summary>
    public ContentPaths(string directory, InfoHash infoHash, SegmentLayout layout)
    {
        Root = IndexRoot(directory, infoHash);
        Files = Segments(Root, layout);
    }

    public string Root { get; }

    /// <summary>By offset.</summary>
    public IReadOnlyList<StoredFile> Files { get; }

    /// <summary>The folder of a torrent whose files are named by index.</summary>
    public static string IndexRoot(string directory, InfoHash infoHash) => Path.Join(Path.GetFullPath(directory), infoHash.ToString());

    /// <summary>
    /// Refuses a path that leads through a symbolic link below the root: somebody put it there before us to have a file elsewhere
    /// overwritten. Torrents cannot create links here themselves.
    /// </summary>
    public void RefuseLinks(int file)
    {
        for (var path = Files[file].Path; path.Length > Root.Length; path = Path.GetDirectoryName(path)!)
        {
            if (new FileInfo(path).LinkTarget is not null)
            {
                throw new TorrentStorageException(
                    $"{path} is a symbolic link, which is not followed: remove it or choose another directory.", isDiskFull: false);
            }
        }
    }

    private static StoredFile[] Segments(string root, SegmentLayout layout)
    {
        var segments = new StoredFile[layout.SegmentCount];
        for (var i = 0; i < segments.Length; i++)
        {
            var offset = i * layout.SegmentLength;
            var path = Path.Join(root, i.ToString(CultureInfo.InvariantCulture));
            segments[i] = new StoredFile(path, offset, Math.Min(layout.SegmentLength, layout.Length - offset), IsPadding: false);
        }
        return segments;
    }

    private static string Join(string root, IEnumerable<string> parts)
    {
        var path = Path.GetFullPath(Path.Join([root, .. parts]));
        // The names are safe by SafePath already; this holds whatever changes there.
        if (path != root && !path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new TorrentStorageException($"{path} is outside {root}.", isDiskFull: false);
        }
        return path;
    }
}
