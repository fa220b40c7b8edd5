using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.Merkle;

/// <summary>The v2 hashes of a torrent's pieces (BEP 52): which file each piece belongs to, and what it must hash to.</summary>
internal sealed class FileHashes
{
    private readonly int _pieceLength;
    private readonly TorrentContentFile[] _files;
    private readonly int[] _firstPieces;
    private readonly PieceLayer?[] _layerOf;
    // Equal files have equal trees: the first of them stands for all.
    private readonly Dictionary<InfoHashV2, int> _byRoot = [];

    /// <param name="files">All files; those with content begin at pieces and have a pieces root.</param>
    /// <param name="pieceLength">A power of two, at least 16 KiB.</param>
    /// <exception cref="InvalidTorrentException">Files of different lengths have one root.</exception>
    public FileHashes(IEnumerable<TorrentContentFile> files, int pieceLength)
    {
        _pieceLength = pieceLength;
        _files = [.. files.Where(file => file is { IsPadding: false, Length: > 0 })];
        _firstPieces = [.. _files.Select(file => (int)(file.Offset / pieceLength))];
        _layerOf = new PieceLayer?[_files.Length];
        for (var i = 0; i < _files.Length; i++)
        {
            var root = new InfoHashV2(_files[i].PiecesRoot.Span);
            if (_byRoot.TryAdd(root, i))
            {
                _layerOf[i] = _files[i].Length > pieceLength ? new PieceLayer(root.Span, _files[i].Length, pieceLength) : null;
            }
            else if (_files[_byRoot[root]].Length == _files[i].Length)
            {
                _layerOf[i] = _layerOf[_byRoot[root]];
            }
            else
            {
                throw new InvalidTorrentException(
                    TorrentProblem.PieceLayerMismatch, "The torrent gives one hash to files of different lengths; it is damaged.");
            }
        }
        Layers = [.. _layerOf.OfType<PieceLayer>().Distinct()];
        PartCount = Layers.Sum(layer => layer.PartCount);
    }

    /// <summary>One for each distinct file of more than one piece.</summary>
    public IReadOnlyList<PieceLayer> Layers { get; }

    /// <summary>Parts in which peers send the layers.</summary>
    public int PartCount { get; }

    public bool IsComplete => Layers.All(layer => layer.IsComplete);

    /// <summary>The file that a piece is a part of, the piece's number in it, and the layer of a file with several pieces.</summary>
    public (TorrentContentFile File, int Index, PieceLayer? Layer) Locate(int piece)
    {
        var found = Array.BinarySearch(_firstPieces, piece);
        var file = found >= 0 ? found : ~found - 1;
        return (_files[file], piece - _firstPieces[file], _layerOf[file]);
    }

    /// <summary>The first piece of a file with this root; null when there is none.</summary>
    public int? FindFirstPiece(InfoHashV2 root) => _byRoot.TryGetValue(root, out var file) ? _firstPieces[file] : null;

    /// <summary>Bytes of the piece that belong to its file; what follows is padding.</summary>
    public int DataSize(int piece)
    {
        var (file, index, _) = Locate(piece);
        return (int)Math.Min(_pieceLength, file.Length - ((long)index * _pieceLength));
    }

    public bool CanVerify(int piece)
    {
        var (_, index, layer) = Locate(piece);
        return layer is null || !layer.Find(index).IsEmpty;
    }

    /// <summary>True when the data, without its padding, has the piece's hash; false also while that is not known.</summary>
    public bool Verify(int piece, ReadOnlySpan<byte> data)
    {
        var (file, index, layer) = Locate(piece);
        var width = layer is null ? MerkleTree.Width(file.Length) : _pieceLength / MerkleTree.BlockLength;
        Span<byte> hash = stackalloc byte[MerkleTree.HashLength];
        MerkleTree.HashData(data[..DataSize(piece)], width, hash);
        return hash.SequenceEqual(layer is null ? file.PiecesRoot.Span : layer.Find(index));
    }
}
