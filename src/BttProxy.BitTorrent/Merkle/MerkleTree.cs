using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Merkle;

/// <summary>
/// The hash tree of one file (BEP 52): SHA-256 of blocks of 16 KiB as leaves, zeros for leaves beyond the end of the file, and above them
/// the hash of each two neighbours. Levels count from the leaves.
/// </summary>
internal static class MerkleTree
{
    public const int HashLength = SHA256.HashSizeInBytes;
    public const int BlockLength = 16 * 1024;

    /// <summary>A file of 2^20 pieces of 128 MiB has 2^33 leaves.</summary>
    public const int MaxLevels = 40;

    private static readonly byte[] Padding = MakePadding();

    /// <summary>The hash of a whole subtree beyond the end of the file.</summary>
    public static ReadOnlySpan<byte> PaddingHash(int level) => Padding.AsSpan(level * HashLength, HashLength);

    /// <summary>Leaves of a balanced tree over so many bytes.</summary>
    public static long Width(long bytes) => (long)BitOperations.RoundUpToPowerOf2((ulong)((bytes + BlockLength - 1) / BlockLength));

    public static int Level(long width) => BitOperations.Log2((ulong)width);

    /// <summary>Hashes the blocks of the data, the last of which may be short.</summary>
    public static void HashBlocks(ReadOnlySpan<byte> data, Span<byte> leaves)
    {
        while (!data.IsEmpty)
        {
            var block = data[..Math.Min(BlockLength, data.Length)];
            SHA256.HashData(block, leaves);
            data = data[block.Length..];
            leaves = leaves[HashLength..];
        }
    }

    /// <summary>The root of the tree over the data's blocks.</summary>
    /// <param name="data">At least one byte.</param>
    /// <param name="width">Leaves of the tree, a power of two; those beyond the data are padding.</param>
    /// <param name="root">Receives 32 bytes.</param>
    public static void HashData(ReadOnlySpan<byte> data, long width, Span<byte> root)
    {
        var length = (data.Length + BlockLength - 1) / BlockLength * HashLength;
        var leaves = ArrayPool<byte>.Shared.Rent(length);
        HashBlocks(data, leaves);
        Fold(leaves.AsSpan(0, length), width, level: 0, root);
        ArrayPool<byte>.Shared.Return(leaves);
    }

    /// <summary>The root of the subtree above neighbouring hashes of one level.</summary>
    /// <param name="hashes">One after the other, at least one; overwritten.</param>
    /// <param name="width">Hashes that the subtree has at this level, a power of two; the missing ones are padding.</param>
    /// <param name="level">The level of the hashes.</param>
    /// <param name="root">Receives 32 bytes.</param>
    public static void Fold(Span<byte> hashes, long width, int level, Span<byte> root)
    {
        Span<byte> pair = stackalloc byte[2 * HashLength];
        var count = hashes.Length / HashLength;
        for (; width > 1; width /= 2, level++)
        {
            for (var i = 0; i < count; i += 2)
            {
                hashes.Slice(i * HashLength, HashLength).CopyTo(pair);
                var right = i + 1 < count ? hashes.Slice((i + 1) * HashLength, HashLength) : PaddingHash(level);
                right.CopyTo(pair[HashLength..]);
                SHA256.HashData(pair, hashes[(i / 2 * HashLength)..]);
            }
            count = (count + 1) / 2;
        }
        hashes[..HashLength].CopyTo(root);
    }

    /// <summary>The parent of a node and its neighbour.</summary>
    /// <param name="node">A node; overwritten by its parent.</param>
    /// <param name="position">Where the node stands in its level.</param>
    /// <param name="neighbour">The other child of the same parent.</param>
    public static void Climb(Span<byte> node, long position, ReadOnlySpan<byte> neighbour)
    {
        Span<byte> pair = stackalloc byte[2 * HashLength];
        var isRight = (position & 1) == 1;
        node.CopyTo(pair[(isRight ? HashLength : 0)..]);
        neighbour.CopyTo(pair[(isRight ? 0 : HashLength)..]);
        SHA256.HashData(pair, node);
    }

    private static byte[] MakePadding()
    {
        var padding = new byte[MaxLevels * HashLength];
        for (var level = 1; level < MaxLevels; level++)
        {
            var hash = padding.AsSpan((level - 1) * HashLength, HashLength).ToArray();
            Climb(hash, 0, padding.AsSpan((level - 1) * HashLength, HashLength));
            hash.CopyTo(padding, level * HashLength);
        }
        return padding;
    }
}
