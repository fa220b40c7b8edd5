using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>A .torrent file (BEP 3): an info dictionary with an envelope.</summary>
public sealed class TorrentFile
{
    private TorrentFile(TorrentInfo info) => Info = info;

    public TorrentInfo Info { get; }

    public InfoHash InfoHash => Info.InfoHash;

    /// <exception cref="InvalidTorrentException">It is refused; the message says why.</exception>
    public static TorrentFile Parse(ReadOnlyMemory<byte> torrentFile)
    {
        if (torrentFile.Length > TorrentLimits.MaxTorrentFileBytes)
        {
            throw TorrentInfoParser.TooBig();
        }
        if (Bencode.TryParse(torrentFile, out var value, TorrentInfoParser.Limits) != BencodeError.None
            || (value as BencodeDictionary)?.FindDictionary("info"u8) is not { } info)
        {
            throw new InvalidTorrentException(TorrentProblem.NotBencoding, "This is not a .torrent file, or it is damaged.");
        }
        return new TorrentFile(TorrentInfo.Parse(info.Raw));
    }

    /// <summary>Reads a .torrent file from disk, at most <see cref="TorrentLimits.MaxTorrentFileBytes"/>.</summary>
    /// <exception cref="InvalidTorrentException">It is refused; the message says why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<TorrentFile> LoadAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > TorrentLimits.MaxTorrentFileBytes)
        {
            throw TorrentInfoParser.TooBig();
        }
        return Parse(await File.ReadAllBytesAsync(path, cancellationToken));
    }

    /// <summary>Wraps an info dictionary, as received from peers, into a .torrent file.</summary>
    public static byte[] Write(TorrentInfo info)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(info.RawBytes.Length + 16);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteRawEntry("info"u8, info.RawBytes.Span);
        writer.End();
        return output.WrittenSpan.ToArray();
    }
}
