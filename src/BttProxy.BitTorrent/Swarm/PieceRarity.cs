using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// The pieces that are missing and not begun, grouped by how many peers have them. Every change costs the same however large the torrent
/// is. Peers that have everything make no piece rarer than another and are not counted.
/// </summary>
internal sealed class PieceRarity
{
    private const int Absent = -1;

    // Beyond this a walk over the peer's own pieces is cheaper.
    private const int MaxLooks = 4096;

    private readonly List<List<int>> _byPeers = [[]];
    private readonly ushort[] _peers;
    private readonly int[] _place;

    public PieceRarity(int pieceCount)
    {
        _peers = new ushort[pieceCount];
        _place = new int[pieceCount];
        Array.Fill(_place, Absent);
    }

    public int Count { get; private set; }

    /// <summary>Changes when a search that found nothing may find something now.</summary>
    public int Version { get; private set; }

    public bool Contains(int piece) => _place[piece] != Absent;

    /// <summary>Lists a piece; of equally rare ones the last one listed is found first.</summary>
    public void Add(int piece)
    {
        if (!Contains(piece))
        {
            Insert(piece);
            Count++;
            Version++;
        }
    }

    public void Remove(int piece)
    {
        if (Contains(piece))
        {
            TakeOut(piece);
            Count--;
        }
    }

    /// <summary>A peer has the piece, or one that had it is gone.</summary>
    public void Change(int piece, int change)
    {
        var peers = (ushort)Math.Clamp(_peers[piece] + change, 0, ushort.MaxValue);
        if (!Contains(piece))
        {
            _peers[piece] = peers;
            return;
        }
        TakeOut(piece);
        _peers[piece] = peers;
        Insert(piece);
    }

    /// <summary>The rarest piece that the peer has and that can be checked; null when there is none.</summary>
    public int? Find(Bitfield theirs, TorrentInfo info)
    {
        var looks = 0;
        foreach (var pieces in _byPeers)
        {
            for (var i = pieces.Count - 1; i >= 0; i--)
            {
                if (theirs[pieces[i]] && info.CanVerify(pieces[i]))
                {
                    return pieces[i];
                }
                if (++looks >= MaxLooks)
                {
                    return FindAny(theirs, info);
                }
            }
        }
        return null;
    }

    /// <summary>For a peer that has few pieces of a large torrent, and those not rare.</summary>
    private int? FindAny(Bitfield theirs, TorrentInfo info)
    {
        var bytes = theirs.Bytes;
        for (var at = bytes.IndexOfAnyExcept((byte)0); at >= 0 && at < bytes.Length; at++)
        {
            for (var piece = at * 8; piece < Math.Min(theirs.Length, (at * 8) + 8) && bytes[at] != 0; piece++)
            {
                if (theirs[piece] && Contains(piece) && info.CanVerify(piece))
                {
                    return piece;
                }
            }
        }
        return null;
    }

    private void Insert(int piece)
    {
        while (_byPeers.Count <= _peers[piece])
        {
            _byPeers.Add([]);
        }
        var pieces = _byPeers[_peers[piece]];
        _place[piece] = pieces.Count;
        pieces.Add(piece);
    }

    private void TakeOut(int piece)
    {
        var pieces = _byPeers[_peers[piece]];
        var last = pieces[^1];
        pieces[_place[piece]] = last;
        _place[last] = _place[piece];
        pieces.RemoveAt(pieces.Count - 1);
        _place[piece] = Absent;
    }
}
