using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The windows of all readers of one torrent, and whose turn it is. Changed only under the torrent's lock.</summary>
internal sealed class ReadWindows
{
    private readonly List<ReadWindow> _windows = [];
    private long _turn;

    /// <summary>In the order that <see cref="Order"/> gave them.</summary>
    public IReadOnlyList<ReadWindow> All => _windows;

    public void Add(ReadWindow window) => _windows.Add(window);

    public void Remove(ReadWindow window) => _windows.Remove(window);

    /// <summary>True when a piece is wanted that we do not have.</summary>
    public bool AreMissing(Bitfield have)
    {
        foreach (var window in _windows)
        {
            if (window.Ahead.Count > 0 && (AreMissing(window.Ahead, have) || AreMissing(window.Tail, have)))
            {
                return true;
            }
        }
        return false;
    }

    public bool Cover(int piece)
    {
        foreach (var window in _windows)
        {
            if (window.Covers(piece))
            {
                return true;
            }
        }
        return false;
    }

    public bool Touch(PieceRange pieces)
    {
        foreach (var window in _windows)
        {
            if (window.Touches(pieces))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Puts those whose turn it is to the front.</summary>
    /// <returns>The most pieces that one of them looks ahead.</returns>
    public int Order()
    {
        var longest = 0;
        foreach (var window in _windows)
        {
            longest = Math.Max(longest, window.Ahead.Count);
            window.Turn = Math.Max(window.Turn, _turn);
        }
        _windows.Sort(static (one, other) => one.Turn.CompareTo(other.Turn));
        return longest;
    }

    /// <summary>A piece was begun for the window.</summary>
    public void Begin(ReadWindow window) => _turn = window.Turn++;

    private static bool AreMissing(PieceRange pieces, Bitfield have)
    {
        for (var piece = pieces.First; piece < pieces.End; piece++)
        {
            if (!have[piece])
            {
                return true;
            }
        }
        return false;
    }
}
