using System.Text;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Keeps the files of one torrent apart on file systems that ignore case.</summary>
internal sealed class PathRegister
{
    private readonly HashSet<string> _files = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _folders = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Registers a path; a file that collides with an earlier one gets "~2", "~3", ... before its extension.</summary>
    /// <exception cref="InvalidTorrentException">One name is a file and a folder, or the path is too long.</exception>
    public IReadOnlyList<string> Add(string[] parts)
    {
        for (var i = 1; i < parts.Length; i++)
        {
            var folder = string.Join('/', parts, 0, i);
            if (_folders.Add(folder) && _files.Contains(folder))
            {
                throw Conflict();
            }
        }
        var name = parts[^1];
        for (var copy = 2; !_files.Add(string.Join('/', parts)); copy++)
        {
            var extension = Path.GetExtension(name);
            parts[^1] = $"{name[..^extension.Length]}~{copy}{extension}";
        }
        var path = string.Join('/', parts);
        if (_folders.Contains(path))
        {
            throw Conflict();
        }
        if (Encoding.UTF8.GetByteCount(path) > TorrentLimits.MaxPathBytes)
        {
            throw new InvalidTorrentException(
                TorrentProblem.UnsafePath, $"The torrent has a path longer than {TorrentLimits.MaxPathBytes} bytes.");
        }
        return parts;
    }

    private static InvalidTorrentException Conflict() =>
        new(TorrentProblem.PathConflict, "The torrent uses one name for a file and for a folder.");
}
