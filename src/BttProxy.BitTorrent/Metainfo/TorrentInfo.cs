using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>
/// A BitTorrent v1 info dictionary (BEP 3), checked and immutable. Hybrid torrents (BEP 52) are read by their v1 half.
/// </summary>
public sealed class TorrentInfo
{
    private readonly ReadOnlyMemory<byte> _pieceHashes;

    internal TorrentInfo(
        ReadOnlyMemory<byte> rawBytes, string name, int pieceLength, long length, ReadOnlyMemory<byte> pieceHashes,
        IReadOnlyList<TorrentContentFile> files, bool isSingleFile, bool isPrivate)
    {
        RawBytes = rawBytes;
        InfoHash = InfoHash.Compute(rawBytes.Span);
        Name = name;
        PieceLength = pieceLength;
        Length = length;
        _pieceHashes = pieceHashes;
        Files = files;
        IsSingleFile = isSingleFile;
        IsPrivate = isPrivate;
    }

    /// <summary>The dictionary exactly as received; the info-hash is over these bytes.</summary>
    public ReadOnlyMemory<byte> RawBytes { get; }

    public InfoHash InfoHash { get; }

    /// <summary>Safe as a file or folder name.</summary>
    public string Name { get; }

    /// <summary>Bytes of every piece but the last; a power of two.</summary>
    public int PieceLength { get; }

    /// <summary>Bytes of the concatenated files, padding included.</summary>
    public long Length { get; }

    public int PieceCount => _pieceHashes.Length / InfoHash.Length;

    /// <summary>In torrent order, padding files included.</summary>
    public IReadOnlyList<TorrentContentFile> Files { get; }

    /// <summary>True when the torrent is one file without a folder.</summary>
    public bool IsSingleFile { get; }

    /// <summary>BEP 27: peers come only from the torrent's own trackers, so never from the DHT.</summary>
    public bool IsPrivate { get; }

    /// <param name="infoDictionary">The bencoded dictionary; copied.</param>
    /// <exception cref="InvalidTorrentException">It is refused; the message says why.</exception>
    public static TorrentInfo Parse(ReadOnlyMemory<byte> infoDictionary) => TorrentInfoParser.Parse(infoDictionary);

    /// <returns>Bytes of the piece: <see cref="PieceLength"/>, or less for the last one.</returns>
    public int PieceSize(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, PieceCount);
        return (int)Math.Min(PieceLength, Length - ((long)index * PieceLength));
    }

    /// <summary>True when the bytes are the piece: right size and SHA-1.</summary>
    public bool VerifyPiece(int index, ReadOnlySpan<byte> data)
    {
        if (data.Length != PieceSize(index))
        {
            return false;
        }
        Span<byte> hash = stackalloc byte[InfoHash.Length];
        SHA1.HashData(data, hash);
        return hash.SequenceEqual(PieceHash(index));
    }

    internal ReadOnlySpan<byte> PieceHash(int index) => _pieceHashes.Span.Slice(index * InfoHash.Length, InfoHash.Length);
}
