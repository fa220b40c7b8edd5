using System.Numerics;
using System.Text;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Makes a .torrent file from a file or a folder. Equal content under an equal name gives an equal info-hash.</summary>
public static class TorrentBuilder
{
    private const int DefaultMinPieceLength = 64 * 1024;
    private const int DefaultMaxPieceLength = 16 * 1024 * 1024;
    private const int AimedPieceCount = 2048;

    /// <summary>Makes a v1 torrent.</summary>
    /// <inheritdoc cref="CreateAsync(string, TorrentVersion, int?, IProgress{long}?, CancellationToken)"/>
    public static Task<byte[]> CreateAsync(
        string path, int? pieceLength, IProgress<long>? progress, CancellationToken cancellationToken) =>
        CreateAsync(path, TorrentVersion.V1, pieceLength, progress, cancellationToken);

    /// <param name="path">A file, or a folder that is taken with all files below it; symbolic links are left out.</param>
    /// <param name="version">Who can use it.</param>
    /// <param name="pieceLength">A power of two, for v2 at least 16 KiB, or null to choose by size.</param>
    /// <param name="progress">Told the bytes hashed so far.</param>
    /// <param name="cancellationToken">Stops the hashing.</param>
    /// <returns>The .torrent file.</returns>
    /// <exception cref="InvalidTorrentException">The content makes no acceptable torrent; the message says why.</exception>
    /// <exception cref="IOException">A file cannot be read, or changed meanwhile.</exception>
    public static async Task<byte[]> CreateAsync(
        string path, TorrentVersion version, int? pieceLength, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var isFolder = Directory.Exists(root);
        var files = isFolder ? FindFiles(root) : [new SourceFile([Path.GetFileName(root)], root, new FileInfo(root).Length)];
        if (version == TorrentVersion.V2 && isFolder && files is [{ Path.Length: 1 } only])
        {
            throw new InvalidTorrentException(
                TorrentProblem.OnlyFile, $"BitTorrent v2 has no folder of one file; share \"{only.FullPath}\" itself, or add v1.");
        }
        var length = files.Sum(file => file.Length);
        var chosen = pieceLength ?? ChoosePieceLength(length);
        var min = version == TorrentVersion.V1 ? TorrentLimits.MinPieceLength : Merkle.MerkleTree.BlockLength;
        if (chosen < min || chosen > TorrentLimits.MaxPieceLength || !BitOperations.IsPow2(chosen))
        {
            throw new ArgumentOutOfRangeException(nameof(pieceLength), $"A piece length is a power of two from {min / 1024} KiB to 128 MiB.");
        }
        if (length / chosen > TorrentLimits.MaxPieces)
        {
            throw new InvalidTorrentException(
                TorrentProblem.TooManyPieces, $"The content needs {length / chosen} pieces; choose a larger piece length.");
        }
        var hashes = await ContentHashes.ComputeAsync(files, version, isFolder, chosen, progress, cancellationToken);
        var torrent = new TorrentWriter(Path.GetFileName(root), isFolder, files, chosen, hashes).Write();
        RefuseMappedNames(Path.GetFileName(root), isFolder, files, TorrentFile.Parse(torrent).Info);
        return torrent;
    }

    private static SourceFile[] FindFiles(string root)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = false,
        };
        var found = new DirectoryInfo(root).EnumerateFiles("*", options).Take(TorrentLimits.MaxFiles + 1);
        SourceFile[] files = [.. found.Select(file => new SourceFile(
            Path.GetRelativePath(root, file.FullName).Split(Path.DirectorySeparatorChar), file.FullName, file.Length))];
        Array.Sort(files, ByTree);
        return files;
    }

    /// <summary>The order of a v2 file tree (BEP 52), in which v1 lists them too: by the bytes of each name.</summary>
    private static int ByTree(SourceFile left, SourceFile right)
    {
        for (var i = 0; i < left.Path.Length && i < right.Path.Length; i++)
        {
            var order = Encoding.UTF8.GetBytes(left.Path[i]).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right.Path[i]));
            if (order != 0)
            {
                return order;
            }
        }
        return left.Path.Length - right.Path.Length;
    }

    private static int ChoosePieceLength(long length)
    {
        var chosen = DefaultMinPieceLength;
        while (chosen < DefaultMaxPieceLength && length / chosen > AimedPieceCount)
        {
            chosen *= 2;
        }
        return chosen;
    }

    /// <summary>Others store the content under mapped names, and so would we: such a torrent could not be seeded from here.</summary>
    private static void RefuseMappedNames(string name, bool isFolder, SourceFile[] files, TorrentInfo info)
    {
        foreach (var (source, file) in files.Zip(info.Files.Where(file => !file.IsPadding)))
        {
            string[] expected = isFolder ? [name, .. source.Path] : source.Path;
            if (!expected.SequenceEqual(file.Path))
            {
                throw new InvalidTorrentException(
                    TorrentProblem.UnsafePath, $"\"{string.Join('/', expected)}\" is not possible on every system; rename it and try again.");
            }
        }
    }
}

/// <param name="Path">Folders below the torrent's name, and the file's name.</param>
/// <param name="FullPath">Where it is read.</param>
/// <param name="Length">Bytes.</param>
internal sealed record SourceFile(string[] Path, string FullPath, long Length);
