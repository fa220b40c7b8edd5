using System.Buffers;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>A .torrent file (BEP 3, 52): an info dictionary with an envelope.</summary>
public sealed class TorrentFile
{
    private TorrentFile(TorrentInfo info, BencodeDictionary envelope)
    {
        Info = info;
        Trackers = TorrentEnvelope.ReadTrackers(envelope);
        WebSeeds = TorrentEnvelope.ReadWebSeeds(envelope);
    }

    public TorrentInfo Info { get; }

    /// <summary>Tiers of tracker URLs (http, https, udp), the first to be tried first (BEP 12). A stranger chose them.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Trackers { get; }

    /// <summary>URLs (http, https) that have the content (BEP 19). A stranger chose them.</summary>
    public IReadOnlyList<string> WebSeeds { get; }

    public InfoHash InfoHash => Info.InfoHash;

    /// <exception cref="InvalidTorrentException">It is refused; the message says why.</exception>
    public static TorrentFile Parse(ReadOnlyMemory<byte> torrentFile)
    {
        if (torrentFile.Length > TorrentLimits.MaxTorrentFileBytes)
        {
            throw TorrentInfoParser.TooBig();
        }
        if (Bencode.TryParse(torrentFile, out var value, TorrentInfoParser.Limits) != BencodeError.None
            || value is not BencodeDictionary envelope || envelope.FindDictionary("info"u8) is not { } infoDictionary)
        {
            throw new InvalidTorrentException(TorrentProblem.NotBencoding, "This is not a .torrent file, or it is damaged.");
        }
        var info = TorrentInfo.Parse(infoDictionary.Raw);
        if (envelope.FindDictionary(PieceLayers.Key) is { } layers)
        {
            PieceLayers.Read(layers, info);
        }
        return new TorrentFile(info, envelope);
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

    /// <summary>Wraps an info dictionary, as received from peers, into a .torrent file, with the piece layers that are known whole.</summary>
    public static byte[] Write(TorrentInfo info)
    {
        var output = new ArrayBufferWriter<byte>(info.RawBytes.Length + 16);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteRawEntry("info"u8, info.RawBytes.Span);
        PieceLayers.Write(info, writer);
        writer.End();
        return output.WrittenSpan.ToArray();
    }
}
