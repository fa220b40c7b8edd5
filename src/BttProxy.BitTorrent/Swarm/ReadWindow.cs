namespace BttProxy.BitTorrent.Swarm;

/// <summary>The bytes that one reader wants next, as offsets in the torrent. Changed only under the torrent's lock.</summary>
internal sealed class ReadWindow(int pieceLength)
{
    /// <summary>The next byte that the reader will take.</summary>
    public long Position { get; set; }

    /// <summary>Exclusive end of what is fetched ahead; at or before <see cref="Position"/> when nothing is.</summary>
    public long End { get; set; }

    /// <summary>
    /// Of readers that are equally near to the piece they lack, the one with the lowest turn is first. Each piece begun for a reader moves it
    /// one turn on, and nobody saves up turns while it wants nothing (start-time fair queueing: Goyal, Vin and Cheng, 1997).
    /// </summary>
    public long Turn { get; set; }

    public int FirstPiece => (int)(Position / pieceLength);

    /// <summary>Number of pieces that the window touches.</summary>
    public int PieceCount => End <= Position ? 0 : (int)((End - 1) / pieceLength) - FirstPiece + 1;

    public bool Covers(int piece) => piece >= FirstPiece && piece < FirstPiece + PieceCount;
}
