using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The bytes that one reader wants next, as offsets in the torrent. Changed only under the torrent's lock.</summary>
internal sealed class ReadWindow(int pieceLength)
{
    /// <summary>The next byte that the reader will take.</summary>
    public long Position { get; private set; }

    /// <summary>Exclusive end of what is fetched ahead; at or before <see cref="Position"/> when nothing is.</summary>
    public long End { get; private set; }

    /// <summary>
    /// Of readers that are equally near to the piece they lack, the one with the lowest turn is first. Each piece begun for a reader moves it
    /// one turn on, and nobody saves up turns while it wants nothing (start-time fair queueing: Goyal, Vin and Cheng, 1997).
    /// </summary>
    public long Turn { get; set; }

    /// <summary>Wanted right after the first piece, wherever the reader is: players look for an index at the end of a file.</summary>
    public PieceRange Tail { get; init; }

    /// <summary>The reader waits for the first piece.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>From the piece that the reader stands at onward.</summary>
    public PieceRange Ahead { get; private set; }

    public bool Covers(int piece) => Ahead.Count > 0 && (Ahead.Contains(piece) || Tail.Contains(piece));

    /// <summary>True when a piece of the range is wanted, or just being taken.</summary>
    public bool Touches(PieceRange pieces) =>
        // At its end a reader has no window, but may still take the piece that it stands at.
        new PieceRange(Ahead.First, Math.Max(1, Ahead.Count)).Overlaps(pieces) || (Ahead.Count > 0 && Tail.Overlaps(pieces));

    public void Move(long position, long end)
    {
        (Position, End) = (position, end);
        var first = (int)(position / pieceLength);
        Ahead = new PieceRange(first, end <= position ? 0 : (int)((end - 1) / pieceLength) - first + 1);
    }
}
