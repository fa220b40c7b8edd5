using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>What the descriptions of a file in v1 and in v2 have in common.</summary>
internal static class FileFields
{
    private const long MaxLength = (long)TorrentLimits.MaxPieces * TorrentLimits.MaxPieceLength;

    public static long ReadLength(BencodeDictionary file, long offset)
    {
        if (file.FindInteger("length"u8) is not { } length || length < 0 || length > MaxLength - offset)
        {
            throw new InvalidTorrentException(TorrentProblem.BadFileLength, "The torrent has a file without a possible length.");
        }
        return length;
    }

    public static void RefuseSymbolicLink(BencodeDictionary file)
    {
        if (HasAttribute(file, (byte)'l') || file.Find("symlink path"u8) is not null)
        {
            throw new InvalidTorrentException(
                TorrentProblem.SymbolicLink, "The torrent wants to create a symbolic link, which is not allowed.");
        }
    }

    /// <summary>BEP 47.</summary>
    public static bool HasAttribute(BencodeDictionary file, byte attribute) =>
        file.FindString("attr"u8) is { } attributes && attributes.Span.Contains(attribute);

    public static void CheckCount(int files)
    {
        if (files > TorrentLimits.MaxFiles)
        {
            throw new InvalidTorrentException(
                TorrentProblem.TooManyFiles, $"The torrent has more than the {TorrentLimits.MaxFiles} files that are accepted.");
        }
    }

    public static InvalidTorrentException BadDepth() =>
        new(TorrentProblem.UnsafePath, "The torrent has a file without a name or in too many folders.");
}
