using System.Buffers;
using System.Numerics;
using BttProxy.BitTorrent.Merkle;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Answers what peers ask of the hash trees (BEP 52): piece layers from memory, leaves from the pieces that we have.</summary>
internal sealed class HashUpload(TorrentState torrent)
{
    /// <summary>Requests that a peer may have waiting; more are refused.</summary>
    public const int MaxQueue = 16;

    /// <summary>Leaves are asked for where a piece turned out bad, which ends a connection soon.</summary>
    public const int MaxLeafRequests = 64;

    // Nobody needs a part of a layer twice; some ask again when an answer is late.
    private const int MaxRequestsPerPart = 4;
    private const int MinRequests = 64;

    /// <summary>Takes a request in, unless the peer asks for more than it can use. Under the torrent's lock.</summary>
    public bool TryEnqueue(PeerSession peer, HashRequest request)
    {
        if (torrent.Info is not { FileHashes: { } hashes } info || peer.HashUploads.Count >= MaxQueue)
        {
            return false;
        }
        var isForLeaves = request.BaseLevel == 0 && info.PieceLength > MerkleTree.BlockLength;
        if (isForLeaves ? ++peer.LeafRequests > MaxLeafRequests : ++peer.LayerRequests > MaxLayerRequests(hashes))
        {
            return false;
        }
        peer.HashUploads.Enqueue(request);
        return true;
    }

    /// <summary>Runs on the sender of a connection, outside the torrent's lock.</summary>
    /// <returns>The hashes and their proof; null when we do not have them or the request cannot be.</returns>
    public async ValueTask<byte[]?> ProveAsync(HashRequest request)
    {
        if (torrent.Info is not { FileHashes: { } hashes } info || hashes.FindFirstPiece(request.Root) is not { } firstPiece
            || request.Length > HashRequest.MaxLength)
        {
            return null;
        }
        var (file, _, layer) = hashes.Locate(firstPiece);
        var height = layer is null ? MerkleTree.Level(MerkleTree.Width(file.Length)) : layer.Level + layer.Height;
        if (request.BaseLevel >= height || (long)request.Index + request.Length > 1L << (height - request.BaseLevel)
            || request.ProofLayers >= height - request.BaseLevel)
        {
            return null;
        }
        if (layer is not null && request.BaseLevel == layer.Level)
        {
            return ProveByLayer(request, layer);
        }
        if (request.BaseLevel != 0 || !torrent.Context.LeafHashing.TryTake())
        {
            return null;
        }
        try
        {
            return await ProveByDataAsync(request, info, firstPiece, layer, layer is null ? height : layer.Level);
        }
        finally
        {
            torrent.Context.LeafHashing.Return();
        }
    }

    private static int MaxLayerRequests(FileHashes hashes) => MinRequests + (MaxRequestsPerPart * hashes.PartCount);

    private static byte[]? ProveByLayer(HashRequest request, PieceLayer layer)
    {
        var answer = new byte[(request.Length + request.ProofLength) * MerkleTree.HashLength];
        for (var i = 0; i < request.Length; i++)
        {
            if (!layer.TryGetNode(0, request.Index + i, answer.AsSpan(i * MerkleTree.HashLength)))
            {
                return null;
            }
        }
        var from = BitOperations.Log2((uint)request.Length);
        return TryProve(layer, from, request.Index >> from, answer.AsSpan(request.Length * MerkleTree.HashLength)) ? answer : null;
    }

    /// <summary>Writes the neighbours of a node and of its ancestors until the destination is full.</summary>
    private static bool TryProve(PieceLayer layer, int height, int position, Span<byte> destination)
    {
        for (; !destination.IsEmpty; destination = destination[MerkleTree.HashLength..], height++, position >>= 1)
        {
            if (!layer.TryGetNode(height, position ^ 1, destination))
            {
                return false;
            }
        }
        return true;
    }

    /// <param name="request">For leaves.</param>
    /// <param name="info">The torrent.</param>
    /// <param name="firstPiece">The first piece of the file.</param>
    /// <param name="layer">Null for a file of one piece.</param>
    /// <param name="pieceLevel">The level at which one hash stands for a piece.</param>
    private async ValueTask<byte[]?> ProveByDataAsync(
        HashRequest request, TorrentInfo info, int firstPiece, PieceLayer? layer, int pieceLevel)
    {
        // Whole pieces are hashed, for the neighbours inside them.
        var span = Math.Max(request.Length, 1 << pieceLevel);
        if (span > HashRequest.MaxLength)
        {
            return null;
        }
        var first = request.Index / span * span;
        var leaves = new byte[span * MerkleTree.HashLength];
        for (var i = 0; i < span >> pieceLevel; i++)
        {
            var index = (first >> pieceLevel) + i;
            if (index < (layer?.Count ?? 1)
                && !await TryHashPieceAsync(info, firstPiece + index, leaves.AsMemory((i << pieceLevel) * MerkleTree.HashLength)))
            {
                return null;
            }
        }
        return Assemble(request, leaves, first, layer, pieceLevel);
    }

    private static byte[]? Assemble(HashRequest request, byte[] leaves, int first, PieceLayer? layer, int pieceLevel)
    {
        var answer = new byte[(request.Length + request.ProofLength) * MerkleTree.HashLength];
        var length = request.Length * MerkleTree.HashLength;
        leaves.AsSpan((request.Index - first) * MerkleTree.HashLength, length).CopyTo(answer);
        var proof = answer.AsSpan(length);
        var level = BitOperations.Log2((uint)request.Length);
        for (; !proof.IsEmpty && level < pieceLevel; level++, proof = proof[MerkleTree.HashLength..])
        {
            var neighbour = (((request.Index >> level) ^ 1) << level) - first;
            var below = leaves.AsSpan(neighbour * MerkleTree.HashLength, MerkleTree.HashLength << level).ToArray();
            MerkleTree.Fold(below, 1L << level, level: 0, proof);
        }
        return proof.IsEmpty || (layer is not null && TryProve(layer, level - layer.Level, request.Index >> level, proof)) ? answer : null;
    }

    private async ValueTask<bool> TryHashPieceAsync(TorrentInfo info, int piece, Memory<byte> leaves)
    {
        var size = info.FileHashes!.DataSize(piece);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var offset = (long)piece * info.PieceLength;
            var filled = 0;
            while (filled < size)
            {
                var read = await torrent.Store!.ReadAsync(offset + filled, buffer.AsMemory(filled, size - filled), CancellationToken.None);
                if (read == 0)
                {
                    return false;
                }
                filled += read;
            }
            MerkleTree.HashBlocks(buffer.AsSpan(0, size), leaves.Span);
            return true;
        }
        catch (TorrentStorageException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
