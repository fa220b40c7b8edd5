namespace BttProxy.Client.Fetching;

/// <summary>How a content of a length is cut into pieces; only the last one may be shorter.</summary>
internal readonly record struct PieceGeometry(long Length, int PieceLength)
{
    public int Count => (int)((Length + PieceLength - 1) / PieceLength);

    public long Start(int piece) => (long)piece * PieceLength;

    public int Size(int piece) => (int)Math.Min(PieceLength, Length - Start(piece));
}
