using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Makes a v1 .torrent file from a file or a folder. Equal content under an equal name gives an equal info-hash.</summary>
public static class TorrentBuilder
{
    private const int DefaultMinPieceLength = 64 * 1024;
    private const int DefaultMaxPieceLength = 16 * 1024 * 1024;
    private const int AimedPieceCount = 2048;

    /// <param name="path">A file, or a folder that is taken with all files below it; symbolic links are left out.</param>
    /// <param name="pieceLength">A power of two, or null to choose by size.</param>
    /// <param name="progress">Told the bytes hashed so far.</param>
    /// <param name="cancellationToken">Stops the hashing.</param>
    /// <returns>The .torrent file.</returns>
    /// <exception cref="InvalidTorrentException">The content makes no acceptable torrent; the message says why.</exception>
    /// <exception cref="IOException">A file cannot be read, or changed meanwhile.</exception>
    public static async Task<byte[]> CreateAsync(
        string path, int? pieceLength, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var isFolder = Directory.Exists(root);
        var files = isFolder ? FindFiles(root) : [new FileInfo(root)];
        var length = files.Sum(file => file.Length);
        var chosen = pieceLength ?? ChoosePieceLength(length);
        if (chosen is < TorrentLimits.MinPieceLength or > TorrentLimits.MaxPieceLength || !BitOperations.IsPow2(chosen))
        {
            throw new ArgumentOutOfRangeException(nameof(pieceLength), "A piece length is a power of two from 1 KiB to 128 MiB.");
        }
        var hashes = await HashAsync(files, length, chosen, progress, cancellationToken);
        var torrent = Write(root, isFolder, files, chosen, hashes);
        RefuseMappedNames(root, isFolder, files, TorrentFile.Parse(torrent).Info);
        return torrent;
    }

    private static FileInfo[] FindFiles(string root)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = false,
        };
        FileInfo[] files = [.. new DirectoryInfo(root).EnumerateFiles("*", options).Take(TorrentLimits.MaxFiles + 1)];
        Array.Sort(files, (left, right) => string.CompareOrdinal(left.FullName, right.FullName));
        return files;
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

    private static async Task<byte[]> HashAsync(
        FileInfo[] files, long length, int pieceLength, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var count = (length + pieceLength - 1) / pieceLength;
        if (count > TorrentLimits.MaxPieces)
        {
            throw new InvalidTorrentException(
                TorrentProblem.TooManyPieces, $"The content needs {count} pieces; choose a larger piece length.");
        }
        var hashes = new byte[count * InfoHash.Length];
        var buffer = ArrayPool<byte>.Shared.Rent(pieceLength);
        try
        {
            var filled = 0;
            var index = 0;
            var done = 0L;
            foreach (var file in files)
            {
                await using var stream = new FileStream(
                    file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 0, useAsync: true);
                var left = file.Length;
                while (left > 0)
                {
                    var part = (int)Math.Min(left, pieceLength - filled);
                    await stream.ReadExactlyAsync(buffer.AsMemory(filled, part), cancellationToken);
                    filled += part;
                    left -= part;
                    done += part;
                    if (filled == pieceLength || done == length)
                    {
                        SHA1.HashData(buffer.AsSpan(0, filled), hashes.AsSpan(index++ * InfoHash.Length, InfoHash.Length));
                        filled = 0;
                        progress?.Report(done);
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return hashes;
    }

    private static byte[] Write(string root, bool isFolder, FileInfo[] files, int pieceLength, byte[] hashes)
    {
        var output = new ArrayBufferWriter<byte>(hashes.Length + 1024);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteString("info"u8);
        writer.BeginDictionary();
        if (isFolder)
        {
            writer.WriteString("files"u8);
            writer.BeginList();
            foreach (var file in files)
            {
                writer.BeginDictionary();
                writer.WriteEntry("length"u8, file.Length);
                writer.WriteString("path"u8);
                writer.BeginList();
                foreach (var part in Parts(root, file))
                {
                    writer.WriteString(part);
                }
                writer.End();
                writer.End();
            }
            writer.End();
        }
        else
        {
            writer.WriteEntry("length"u8, files[0].Length);
        }
        writer.WriteString("name"u8);
        writer.WriteString(Path.GetFileName(root));
        writer.WriteEntry("piece length"u8, pieceLength);
        writer.WriteEntry("pieces"u8, hashes);
        writer.End();
        writer.End();
        return output.WrittenSpan.ToArray();
    }

    private static string[] Parts(string root, FileInfo file) =>
        Path.GetRelativePath(root, file.FullName).Split(Path.DirectorySeparatorChar);

    /// <summary>Others store the content under mapped names, and so would we: such a torrent could not be seeded from here.</summary>
    private static void RefuseMappedNames(string root, bool isFolder, FileInfo[] files, TorrentInfo info)
    {
        for (var i = 0; i < files.Length; i++)
        {
            string[] expected = isFolder ? [Path.GetFileName(root), .. Parts(root, files[i])] : [Path.GetFileName(root)];
            if (!expected.SequenceEqual(info.Files[i].Path))
            {
                throw new InvalidTorrentException(
                    TorrentProblem.UnsafePath, $"\"{string.Join('/', expected)}\" is not possible on every system; rename it and try again.");
            }
        }
    }
}
