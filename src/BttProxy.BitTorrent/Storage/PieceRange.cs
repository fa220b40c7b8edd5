namespace BttProxy.BitTorrent.Storage;

/// <summary>Pieces beside each other.</summary>
internal readonly record struct PieceRange(int First, int Count)
{
    /// <summary>The piece after the last one.</summary>
    public int End => First + Count;

    public bool Contains(int piece) => piece >= First && piece < End;

    public bool Overlaps(PieceRange other) => First < other.End && other.First < End;
}
