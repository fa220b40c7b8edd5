using System.Security.Cryptography;
using BttProxy.BitTorrent.Merkle;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>
/// An info dictionary of BitTorrent v1 (BEP 3), v2 (BEP 52) or both, checked. It never changes but for the piece layers of v2, which may
/// come later and are proven by the dictionary.
/// </summary>
public sealed class TorrentInfo
{
    private readonly ReadOnlyMemory<byte> _pieceHashes;

    internal TorrentInfo(
        ReadOnlyMemory<byte> rawBytes, TorrentLayout layout, int pieceLength, ReadOnlyMemory<byte> pieceHashes, FileHashes? fileHashes,
        bool isPrivate)
    {
        RawBytes = rawBytes;
        InfoHashV1 = pieceHashes.IsEmpty ? null : InfoHash.Compute(rawBytes.Span);
        InfoHashV2 = fileHashes is null ? null : BitTorrent.InfoHashV2.Compute(rawBytes.Span);
        InfoHash = InfoHashV1 ?? InfoHashV2!.Value.Truncated;
        Name = layout.Name;
        PieceLength = pieceLength;
        Length = layout.Length;
        PieceCount = (int)((Length + pieceLength - 1) / pieceLength);
        Files = layout.Files;
        IsSingleFile = layout.IsSingleFile;
        IsPrivate = isPrivate;
        _pieceHashes = pieceHashes;
        FileHashes = fileHashes;
    }

    /// <summary>The dictionary exactly as received; the info-hashes are over these bytes.</summary>
    public ReadOnlyMemory<byte> RawBytes { get; }

    /// <summary>What the torrent goes by: its v1 info-hash, or for v2 alone the first 20 bytes of the v2 info-hash.</summary>
    public InfoHash InfoHash { get; }

    /// <summary>Null for v2 alone.</summary>
    public InfoHash? InfoHashV1 { get; }

    /// <summary>Null for v1 alone.</summary>
    public InfoHashV2? InfoHashV2 { get; }

    public bool IsHybrid => InfoHashV1 is not null && InfoHashV2 is not null;

    /// <summary>Every swarm of the torrent: a hybrid one has two.</summary>
    public IReadOnlyList<InfoHash> SwarmHashes => IsHybrid ? [InfoHash, InfoHashV2!.Value.Truncated] : [InfoHash];

    /// <summary>Safe as a file or folder name.</summary>
    public string Name { get; }

    /// <summary>Bytes of every piece but the last; a power of two.</summary>
    public int PieceLength { get; }

    /// <summary>Bytes of the concatenated files, padding included.</summary>
    public long Length { get; }

    public int PieceCount { get; }

    /// <summary>In torrent order, padding included, also that which v2 only implies.</summary>
    public IReadOnlyList<TorrentContentFile> Files { get; }

    /// <summary>True when the torrent is one file without a folder.</summary>
    public bool IsSingleFile { get; }

    /// <summary>BEP 27: peers come only from the torrent's own trackers, so never from the DHT.</summary>
    public bool IsPrivate { get; }

    /// <summary>False while hashes of a v2 torrent are missing that peers have, so that some pieces cannot be verified yet.</summary>
    public bool HasAllHashes => InfoHashV1 is not null || FileHashes!.IsComplete;

    internal FileHashes? FileHashes { get; }

    /// <param name="infoDictionary">The bencoded dictionary; copied.</param>
    /// <exception cref="InvalidTorrentException">It is refused; the message says why.</exception>
    public static TorrentInfo Parse(ReadOnlyMemory<byte> infoDictionary) => TorrentInfoParser.Parse(infoDictionary);

    /// <summary>True when the info-hash names this torrent, by v1 or by v2.</summary>
    public bool IsNamed(InfoHash infoHash) => infoHash == InfoHash || infoHash == InfoHashV2?.Truncated;

    /// <returns>Bytes of the piece: <see cref="PieceLength"/>, or less for the last one.</returns>
    public int PieceSize(int index)
    {
        ThrowIfNoPiece(index);
        return (int)Math.Min(PieceLength, Length - ((long)index * PieceLength));
    }

    /// <summary>True when the bytes are the piece: right size, and right by every hash that is known of it.</summary>
    public bool VerifyPiece(int index, ReadOnlySpan<byte> data) => CheckPiece(index, data) == PieceVerdict.Good;

    /// <summary>Bytes of the piece that peers send: without the padding that v2 implies and v1 does not know.</summary>
    internal int TransferSize(int index)
    {
        ThrowIfNoPiece(index);
        return InfoHashV1 is null ? FileHashes!.DataSize(index) : PieceSize(index);
    }

    /// <summary>False while the piece's only hash, that of v2, has not arrived.</summary>
    internal bool CanVerify(int index) => InfoHashV1 is not null || FileHashes!.CanVerify(index);

    internal PieceVerdict CheckPiece(int index, ReadOnlySpan<byte> data)
    {
        if (data.Length != PieceSize(index))
        {
            return PieceVerdict.Bad;
        }
        if (InfoHashV1 is null)
        {
            return FileHashes!.Verify(index, data) ? PieceVerdict.Good : PieceVerdict.Bad;
        }
        Span<byte> hash = stackalloc byte[InfoHash.Length];
        SHA1.HashData(data, hash);
        var isGood = hash.SequenceEqual(_pieceHashes.Span.Slice(index * InfoHash.Length, InfoHash.Length));
        if (FileHashes is null || !FileHashes.CanVerify(index))
        {
            return isGood ? PieceVerdict.Good : PieceVerdict.Bad;
        }
        // Nobody can make data that satisfies one hash and not the other, except who made the torrent.
        return FileHashes.Verify(index, data) == isGood ? isGood ? PieceVerdict.Good : PieceVerdict.Bad : PieceVerdict.Contradiction;
    }

    private void ThrowIfNoPiece(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, PieceCount);
    }
}
