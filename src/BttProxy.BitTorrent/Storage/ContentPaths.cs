using System.Globalization;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.Storage;

/// <summary>Where each file of a torrent lies on disk. Every path is below <see cref="Root"/> or is it.</summary>
internal sealed class ContentPaths
{
    private readonly string[] _paths;

    public ContentPaths(TorrentInfo info, PieceStoreOptions options)
    {
        var directory = Path.GetFullPath(options.Directory);
        Root = options.ContentPath is { } content ? Path.GetFullPath(content)
            : options.Layout == StorageLayout.ByIndex ? Path.Join(directory, info.InfoHash.ToString())
            : directory;
        _paths = new string[info.Files.Count];
        for (var i = 0; i < _paths.Length; i++)
        {
            var name = info.Files[i].Path;
            _paths[i] = options.ContentPath is not null ? Join(Root, name.Skip(1))
                : options.Layout == StorageLayout.ByIndex ? Join(Root, [i.ToString(CultureInfo.InvariantCulture)])
                : Join(Root, name);
        }
    }

    public string Root { get; }

    public string this[int file] => _paths[file];

    /// <summary>
    /// Refuses a path that leads through a symbolic link below the root: somebody put it there before us to have a file elsewhere
    /// overwritten. Torrents cannot create links here themselves.
    /// </summary>
    public void RefuseLinks(int file)
    {
        for (var path = _paths[file]; path.Length > Root.Length; path = Path.GetDirectoryName(path)!)
        {
            if (new FileInfo(path).LinkTarget is not null)
            {
                throw new TorrentStorageException(
                    $"{path} is a symbolic link, which is not followed: remove it or choose another directory.", isDiskFull: false);
            }
        }
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
