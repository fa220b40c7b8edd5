using System.Numerics;

namespace BttProxy.BitTorrent.Merkle;

/// <summary>
/// The level of one file's hash tree with one hash for each piece (BEP 52). It comes whole from a .torrent file, or from peers in parts
/// that are proven against the file's root; what is not proven is not taken. Thread-safe.
/// </summary>
internal sealed class PieceLayer
{
    /// <summary>Hashes asked for at once (BEP 52: at most 512).</summary>
    public const int PartLength = 512;

    private const int HashLength = MerkleTree.HashLength;

    private readonly Lock _gate = new();
    private readonly byte[] _root;
    private readonly byte[][] _parts;
    // Heap order: node 1 is the root, the last level has one node for each part. Null while unknown.
    private readonly byte[]?[] _upper;
    private readonly int _width;
    private readonly int _level;
    private int _known;

    /// <param name="root">The file's pieces root.</param>
    /// <param name="fileLength">More than one piece.</param>
    /// <param name="pieceLength">A power of two, at least 16 KiB.</param>
    public PieceLayer(ReadOnlySpan<byte> root, long fileLength, int pieceLength)
    {
        _root = root.ToArray();
        Count = (int)((fileLength + pieceLength - 1) / pieceLength);
        _width = (int)BitOperations.RoundUpToPowerOf2((uint)Count);
        _level = MerkleTree.Level(pieceLength / MerkleTree.BlockLength);
        _parts = new byte[(Count + PartLength - 1) / PartLength][];
        _upper = new byte[]?[2 * (_width / PartWidth)];
        _upper[1] = _root;
    }

    public ReadOnlySpan<byte> Root => _root;

    /// <summary>Pieces of the file.</summary>
    public int Count { get; }

    /// <summary>Levels from the pieces to the root.</summary>
    public int Height => MerkleTree.Level(_width);

    /// <summary>The level of the pieces above the leaves.</summary>
    public int Level => _level;

    public int PartCount => _parts.Length;

    /// <summary>Hashes in each part; those of the last one beyond the end of the file are padding.</summary>
    public int PartWidth => Math.Min(PartLength, _width);

    public bool IsComplete => Volatile.Read(ref _known) == _parts.Length;

    public bool IsPartKnown(int part) => Volatile.Read(ref _parts[part]) is not null;

    /// <summary>The hash of a piece; empty while it is not known.</summary>
    public ReadOnlySpan<byte> Find(int piece) => Volatile.Read(ref _parts[piece / PartLength]) is { } part
        ? part.AsSpan(piece % PartLength * HashLength, HashLength)
        : [];

    /// <summary>Takes the whole layer, as a .torrent file has it; false when it is not the file's.</summary>
    public bool TryFill(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length != Count * HashLength)
        {
            return false;
        }
        var parts = new byte[_parts.Length][];
        var upper = new byte[_upper.Length][];
        var width = _upper.Length / 2;
        for (var i = 0; i < width; i++)
        {
            var start = i * PartWidth * HashLength;
            upper[width + i] = i < parts.Length
                ? RootOf(parts[i] = hashes[start..Math.Min(hashes.Length, start + (PartWidth * HashLength))].ToArray())
                : MerkleTree.PaddingHash(_level + MerkleTree.Level(PartWidth)).ToArray();
        }
        for (var i = width - 1; i > 0; i--)
        {
            upper[i] = [.. upper[2 * i]];
            MerkleTree.Climb(upper[i], 0, upper[(2 * i) + 1]);
        }
        if (!upper[1].AsSpan().SequenceEqual(_root))
        {
            return false;
        }
        lock (_gate)
        {
            upper.CopyTo(_upper, 0);
            for (var i = 0; i < parts.Length; i++)
            {
                Volatile.Write(ref _parts[i], parts[i]);
            }
            Volatile.Write(ref _known, parts.Length);
        }
        return true;
    }

    /// <summary>Takes one part with the hashes that prove it, as a peer sends them; false when they prove nothing.</summary>
    /// <param name="part">The part.</param>
    /// <param name="hashes">Its <see cref="PartWidth"/> hashes.</param>
    /// <param name="proof">The neighbours on the way from the part's own root to the file's root, lowest first.</param>
    public bool TryAdd(int part, ReadOnlySpan<byte> hashes, ReadOnlySpan<byte> proof)
    {
        var own = Math.Min(PartWidth, Count - (part * PartLength)) * HashLength;
        if (hashes.Length != PartWidth * HashLength || proof.Length != MerkleTree.Level(_upper.Length / 2) * HashLength
            || !IsPadding(hashes[own..]))
        {
            return false;
        }
        var data = hashes[..own].ToArray();
        var node = RootOf([.. data]);
        var known = new List<(int Position, byte[] Hash)> { ((_upper.Length / 2) + part, [.. node]) };
        for (var position = (_upper.Length / 2) + part; position > 1; position /= 2)
        {
            known.Add((position ^ 1, proof[..HashLength].ToArray()));
            MerkleTree.Climb(node, position, proof[..HashLength]);
            known.Add((position / 2, [.. node]));
            proof = proof[HashLength..];
        }
        if (!node.AsSpan().SequenceEqual(_root))
        {
            return false;
        }
        lock (_gate)
        {
            foreach (var (position, hash) in known)
            {
                _upper[position] = hash;
            }
            if (_parts[part] is null)
            {
                Volatile.Write(ref _parts[part], data);
                Volatile.Write(ref _known, _known + 1);
            }
        }
        return true;
    }

    /// <summary>One node of the tree at or above the layer; false while it is not known.</summary>
    /// <param name="height">Levels above the layer.</param>
    /// <param name="position">Where the node stands in its level.</param>
    /// <param name="hash">Receives 32 bytes.</param>
    public bool TryGetNode(int height, int position, Span<byte> hash)
    {
        var partHeight = MerkleTree.Level(PartWidth);
        if (height >= partHeight)
        {
            byte[]? node;
            lock (_gate)
            {
                node = _upper[(_upper.Length / 2 >> (height - partHeight)) + position];
            }
            node?.CopyTo(hash);
            return node is not null;
        }
        var first = position << height;
        if (first >= Count)
        {
            MerkleTree.PaddingHash(_level + height).CopyTo(hash);
            return true;
        }
        if (Volatile.Read(ref _parts[first / PartLength]) is not { } part)
        {
            return false;
        }
        var start = first % PartLength * HashLength;
        byte[] hashes = part[start..Math.Min(part.Length, start + (HashLength << height))];
        MerkleTree.Fold(hashes, 1L << height, _level, hash);
        return true;
    }

    /// <summary>The layer as a .torrent file holds it; only when complete.</summary>
    public byte[] ToBytes() => [.. _parts.SelectMany(part => part)];

    private byte[] RootOf(byte[] part)
    {
        var root = new byte[HashLength];
        MerkleTree.Fold((byte[])part.Clone(), PartWidth, _level, root);
        return root;
    }

    private bool IsPadding(ReadOnlySpan<byte> hashes)
    {
        for (; !hashes.IsEmpty; hashes = hashes[HashLength..])
        {
            if (!hashes[..HashLength].SequenceEqual(MerkleTree.PaddingHash(_level)))
            {
                return false;
            }
        }
        return true;
    }
}
