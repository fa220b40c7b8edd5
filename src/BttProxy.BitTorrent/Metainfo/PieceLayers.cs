using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>The "piece layers" of a .torrent file (BEP 52): for each file of several pieces the hashes of these, by its root.</summary>
internal static class PieceLayers
{
    public static ReadOnlySpan<byte> Key => "piece layers"u8;

    /// <summary>Takes the layers of the torrent's files; what is missing can come from peers, and what belongs to no file is ignored.</summary>
    /// <exception cref="InvalidTorrentException">A layer is not that of its file.</exception>
    public static void Read(BencodeDictionary layers, TorrentInfo info)
    {
        foreach (var layer in info.FileHashes?.Layers ?? [])
        {
            if (layers.Find(layer.Root) is { } hashes && !(hashes is BencodeString text && layer.TryFill(text.Bytes.Span)))
            {
                throw new InvalidTorrentException(
                    TorrentProblem.PieceLayerMismatch, "The torrent's piece layers do not match its files; it is damaged.");
            }
        }
    }

    /// <summary>Writes key and value, unless the torrent is of v1 alone.</summary>
    public static void Write(TorrentInfo info, BencodeWriter writer)
    {
        if (info.FileHashes is not { } hashes)
        {
            return;
        }
        writer.WriteString(Key);
        writer.BeginDictionary();
        foreach (var layer in hashes.Layers.Where(layer => layer.IsComplete).OrderBy(layer => layer.Root.ToArray(), ByBytes))
        {
            writer.WriteEntry(layer.Root, layer.ToBytes());
        }
        writer.End();
    }

    /// <summary>The order of keys in a dictionary.</summary>
    public static Comparer<byte[]> ByBytes { get; } =
        Comparer<byte[]>.Create(static (left, right) => left.AsSpan().SequenceCompareTo(right));
}
