using System.Numerics;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Merkle;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Reads an info dictionary (BEP 3, 27, 47, 52).</summary>
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
        var hasVersion2 = ReadVersion(info);
        var pieces = info.FindString("pieces"u8);
        if (pieces is null && !hasVersion2)
        {
            throw Missing("pieces");
        }
        var nameBytes = info.FindString("name.utf-8"u8) ?? info.FindString("name"u8) ?? throw Missing("name");
        var name = SafePath.MapName(nameBytes.Span);
        var pieceLength = ReadPieceLength(info, hasVersion2 ? MerkleTree.BlockLength : TorrentLimits.MinPieceLength);
        var layout = pieces is null ? null : FileListReader.Read(info, name);
        if (hasVersion2)
        {
            var tree = FileTreeReader.Read(info, name, pieceLength, isFolder: layout is { IsSingleFile: false });
            layout = layout is null ? tree : HybridLayout.Join(layout, tree, pieceLength);
        }
        CheckPieces(pieces, pieceLength, layout!.Length);
        var fileHashes = hasVersion2 ? new FileHashes(layout.Files, pieceLength) : null;
        return new TorrentInfo(
            info.Raw, layout, pieceLength, pieces ?? ReadOnlyMemory<byte>.Empty, fileHashes, isPrivate: info.FindInteger("private"u8) == 1);
    }

    private static bool ReadVersion(BencodeDictionary info) => info.Find("meta version"u8) switch
    {
        null => false,
        BencodeInteger { Value: 2 } => true,
        _ => throw new InvalidTorrentException(
            TorrentProblem.UnknownVersion, "This torrent is of a BitTorrent version that is not known here; use a v1 or v2 torrent."),
    };

    private static int ReadPieceLength(BencodeDictionary info, int min)
    {
        var length = info.FindInteger("piece length"u8) ?? throw Missing("piece length");
        if (length < min || length > TorrentLimits.MaxPieceLength || !BitOperations.IsPow2(length))
        {
            throw new InvalidTorrentException(
                TorrentProblem.BadPieceLength,
                $"The torrent's piece length is {length}; it must be a power of two from {min / 1024} KiB to 128 MiB.");
        }
        return (int)length;
    }

    private static void CheckPieces(ReadOnlyMemory<byte>? pieces, int pieceLength, long length)
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
        if (pieces is { } hashes && hashes.Length != count * InfoHash.Length)
        {
            throw new InvalidTorrentException(
                TorrentProblem.PieceCountMismatch, "The torrent's piece hashes do not match its size; it is damaged.");
        }
    }

    internal static InvalidTorrentException TooBig() =>
        new(TorrentProblem.TooBig, $"The torrent is larger than the {TorrentLimits.MaxInfoBytes / (1024 * 1024)} MiB that are accepted.");

    internal static InvalidTorrentException Missing(string field) =>
        new(TorrentProblem.MissingField, $"The torrent is damaged: its \"{field}\" is missing or of the wrong kind.");
}
