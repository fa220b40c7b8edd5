using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using BttProxy.BitTorrent.Merkle;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>All hashes of some files, for the info dictionary and the piece layers of a new torrent.</summary>
internal sealed class ContentHashes
{
    private ContentHashes(int files, bool hasVersion1, bool hasVersion2)
    {
        Pieces = hasVersion1 ? new ArrayBufferWriter<byte>() : null;
        Layers = hasVersion2 ? new byte[files][] : null;
        Roots = hasVersion2 ? new byte[files][] : null;
    }

    /// <summary>The v1 hashes of all pieces.</summary>
    public ArrayBufferWriter<byte>? Pieces { get; }

    /// <summary>For each file the v2 hashes of its pieces.</summary>
    public byte[][]? Layers { get; }

    /// <summary>For each file the root of its v2 tree; empty for an empty file.</summary>
    public byte[][]? Roots { get; }

    public static async Task<ContentHashes> ComputeAsync(
        SourceFile[] files, TorrentVersion version, bool isFolder, int pieceLength, IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        var hashes = new ContentHashes(files.Length, version != TorrentVersion.V2, version != TorrentVersion.V1);
        var buffer = ArrayPool<byte>.Shared.Rent(pieceLength);
        try
        {
            // v1 pieces run across files; where there is v2, each file begins with a piece and v1 pads the last one.
            var isAligned = version != TorrentVersion.V1;
            var filled = 0;
            var done = 0L;
            for (var i = 0; i < files.Length; i++)
            {
                await using var stream = new FileStream(files[i].FullPath, FileMode.Open, FileAccess.Read, FileShare.Read, 0, useAsync: true);
                var layer = new ArrayBufferWriter<byte>();
                for (var left = files[i].Length; left > 0;)
                {
                    var part = (int)Math.Min(left, pieceLength - filled);
                    await stream.ReadExactlyAsync(buffer.AsMemory(filled, part), cancellationToken);
                    filled += part;
                    left -= part;
                    done += part;
                    var isLast = left == 0 && (isAligned || i == files.Length - 1);
                    if (filled == pieceLength || isLast)
                    {
                        hashes.AddPiece(buffer.AsSpan(0, pieceLength), filled, isPadded: isAligned && isFolder);
                        if (isAligned)
                        {
                            AddToLayer(layer, buffer.AsSpan(0, filled), files[i].Length, pieceLength);
                        }
                        filled = 0;
                        progress?.Report(done);
                    }
                }
                hashes.SetTree(i, layer.WrittenSpan.ToArray(), pieceLength);
            }
            // Empty files may follow the last content of a v1 torrent.
            if (filled > 0)
            {
                hashes.AddPiece(buffer.AsSpan(0, pieceLength), filled, isPadded: false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return hashes;
    }

    private void AddPiece(Span<byte> piece, int filled, bool isPadded)
    {
        if (Pieces is null)
        {
            return;
        }
        piece[filled..].Clear();
        SHA1.HashData(isPadded ? piece : piece[..filled], Pieces.GetSpan(InfoHash.Length));
        Pieces.Advance(InfoHash.Length);
    }

    private static void AddToLayer(ArrayBufferWriter<byte> layer, ReadOnlySpan<byte> data, long fileLength, int pieceLength)
    {
        var width = Math.Min(pieceLength / MerkleTree.BlockLength, MerkleTree.Width(fileLength));
        MerkleTree.HashData(data, width, layer.GetSpan(MerkleTree.HashLength));
        layer.Advance(MerkleTree.HashLength);
    }

    private void SetTree(int file, byte[] layer, int pieceLength)
    {
        if (Layers is null)
        {
            return;
        }
        Layers[file] = layer;
        Roots![file] = new byte[layer.Length == 0 ? 0 : MerkleTree.HashLength];
        if (layer.Length > 0)
        {
            var width = (long)BitOperations.RoundUpToPowerOf2((uint)(layer.Length / MerkleTree.HashLength));
            MerkleTree.Fold((byte[])layer.Clone(), width, MerkleTree.Level(pieceLength / MerkleTree.BlockLength), Roots[file]);
        }
    }
}
