using System.Numerics;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Reads an info dictionary (BEP 3, 27, 47; the v1 half of BEP 52).</summary>
internal static class TorrentInfoParser
{
    // Some writers do not sort keys; the hash is over the bytes as received, so that does no harm here.
    internal static readonly BencodeLimits Limits = new() { AllowUnsortedKeys = true, MaxValues = 8 * TorrentLimits.MaxFiles };

    public static TorrentInfo Parse(ReadOnlyMemory<byte> infoDictionary)
    {
        if (infoDictionary.Length > TorrentLimits.MaxInfoBytes)
        {
            throw TooBig();
        }
        var raw = (ReadOnlyMemory<byte>)infoDictionary.ToArray();
        if (Bencode.TryParse(raw, out var value, Limits) != BencodeError.None || value is not BencodeDictionary info)
        {
            throw new InvalidTorrentException(TorrentProblem.NotBencoding, "This is not a torrent, or it is damaged.");
        }
        return Read(info);
    }

    private static TorrentInfo Read(BencodeDictionary info)
    {
        if (info.FindString("pieces"u8) is not { } pieces)
        {
            throw info.Find("meta version"u8) is not null || info.Find("file tree"u8) is not null
                ? new InvalidTorrentException(
                    TorrentProblem.Version2Only, "This torrent is BitTorrent v2 only, which is not supported; use a v1 or hybrid torrent.")
                : Missing("pieces");
        }
        var nameBytes = info.FindString("name.utf-8"u8) ?? info.FindString("name"u8) ?? throw Missing("name");
        var name = SafePath.MapName(nameBytes.Span);
        var pieceLength = ReadPieceLength(info);
        var isSingleFile = info.Find("files"u8) is null;
        var files = isSingleFile ? ReadSingleFile(info, name) : ReadFiles(info, name);
        var length = files[^1].Offset + files[^1].Length;
        CheckPieces(pieces, pieceLength, length);
        var isPrivate = info.FindInteger("private"u8) == 1;
        return new TorrentInfo(info.Raw, name, pieceLength, length, pieces, files, isSingleFile, isPrivate);
    }

    private static int ReadPieceLength(BencodeDictionary info)
    {
        var length = info.FindInteger("piece length"u8) ?? throw Missing("piece length");
        if (length is < TorrentLimits.MinPieceLength or > TorrentLimits.MaxPieceLength || !BitOperations.IsPow2(length))
        {
            throw new InvalidTorrentException(
                TorrentProblem.BadPieceLength,
                $"The torrent's piece length is {length}; it must be a power of two from 1 KiB to 128 MiB.");
        }
        return (int)length;
    }

    private static TorrentContentFile[] ReadSingleFile(BencodeDictionary info, string name)
    {
        var length = CheckLength(info.FindInteger("length"u8), 0);
        RefuseSymbolicLink(info);
        return [new TorrentContentFile([name], length, 0, IsPadding: false)];
    }

    private static TorrentContentFile[] ReadFiles(BencodeDictionary info, string name)
    {
        var list = info.FindList("files"u8)?.Items ?? throw Missing("files");
        if (list.Count is 0)
        {
            throw Missing("files");
        }
        if (list.Count > TorrentLimits.MaxFiles)
        {
            throw new InvalidTorrentException(
                TorrentProblem.TooManyFiles, $"The torrent has {list.Count} files; at most {TorrentLimits.MaxFiles} are accepted.");
        }
        var register = new PathRegister();
        var files = new TorrentContentFile[list.Count];
        var offset = 0L;
        for (var i = 0; i < files.Length; i++)
        {
            var file = list[i] as BencodeDictionary ?? throw Missing("files");
            RefuseSymbolicLink(file);
            var length = CheckLength(file.FindInteger("length"u8), offset);
            var isPadding = HasAttribute(file, (byte)'p');
            // Padding files are often all called alike, and are never stored.
            var path = isPadding ? [name, ".pad", $"{i}"] : register.Add(ReadPath(file, name));
            files[i] = new TorrentContentFile(path, length, offset, isPadding);
            offset += length;
        }
        return files;
    }

    private static string[] ReadPath(BencodeDictionary file, string name)
    {
        var list = (file.FindList("path.utf-8"u8) ?? file.FindList("path"u8))?.Items ?? throw Missing("path");
        if (list.Count is 0 or >= TorrentLimits.MaxPathDepth)
        {
            throw new InvalidTorrentException(TorrentProblem.UnsafePath, "The torrent has a file without a name or in too many folders.");
        }
        var parts = new string[list.Count + 1];
        parts[0] = name;
        for (var i = 0; i < list.Count; i++)
        {
            parts[i + 1] = SafePath.MapName((list[i] as BencodeString ?? throw Missing("path")).Bytes.Span);
        }
        return parts;
    }

    private static long CheckLength(long? length, long offset)
    {
        const long MaxLength = (long)TorrentLimits.MaxPieces * TorrentLimits.MaxPieceLength;
        if (length is not { } value || value < 0 || value > MaxLength - offset)
        {
            throw new InvalidTorrentException(TorrentProblem.BadFileLength, "The torrent has a file without a possible length.");
        }
        return value;
    }

    private static void CheckPieces(ReadOnlyMemory<byte> pieces, int pieceLength, long length)
    {
        if (length == 0)
        {
            throw new InvalidTorrentException(TorrentProblem.NoContent, "The torrent has no content: all its files are empty.");
        }
        var count = (length + pieceLength - 1) / pieceLength;
        if (count > TorrentLimits.MaxPieces)
        {
            throw new InvalidTorrentException(
                TorrentProblem.TooManyPieces, $"The torrent has {count} pieces; at most {TorrentLimits.MaxPieces} are accepted.");
        }
        if (pieces.Length != count * InfoHash.Length)
        {
            throw new InvalidTorrentException(
                TorrentProblem.PieceCountMismatch, "The torrent's piece hashes do not match its size; it is damaged.");
        }
    }

    private static void RefuseSymbolicLink(BencodeDictionary file)
    {
        if (HasAttribute(file, (byte)'l') || file.Find("symlink path"u8) is not null)
        {
            throw new InvalidTorrentException(
                TorrentProblem.SymbolicLink, "The torrent wants to create a symbolic link, which is not allowed.");
        }
    }

    private static bool HasAttribute(BencodeDictionary file, byte attribute) =>
        file.FindString("attr"u8) is { } attributes && attributes.Span.Contains(attribute);

    internal static InvalidTorrentException TooBig() =>
        new(TorrentProblem.TooBig, $"The torrent is larger than the {TorrentLimits.MaxInfoBytes / (1024 * 1024)} MiB that are accepted.");

    private static InvalidTorrentException Missing(string field) =>
        new(TorrentProblem.MissingField, $"The torrent is damaged: its \"{field}\" is missing or of the wrong kind.");
}
