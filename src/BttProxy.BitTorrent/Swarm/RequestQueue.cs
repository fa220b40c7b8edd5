namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// The blocks asked from one peer, oldest first. Peers answer in order nearly always, so the search from the front ends at once.
/// </summary>
internal sealed class RequestQueue
{
    private const int Gone = -1;

    private PendingBlock[] _ring = new PendingBlock[32];
    private int _head;
    private int _used;

    public int Count { get; private set; }

    /// <summary>When the oldest block was asked for; only with <see cref="Count"/> above zero.</summary>
    public long OldestAt => _ring[_head].At;

    public void Add(int piece, int block, long now)
    {
        if (_used == _ring.Length)
        {
            Grow();
        }
        _ring[(_head + _used++) & (_ring.Length - 1)] = new PendingBlock(piece, block, now);
        Count++;
    }

    /// <summary>Takes the block out; false when it was not asked for.</summary>
    public bool Remove(int piece, int block)
    {
        for (var i = 0; i < _used; i++)
        {
            ref var entry = ref _ring[(_head + i) & (_ring.Length - 1)];
            if (entry.Piece == piece && entry.Block == block)
            {
                entry = entry with { Piece = Gone };
                Count--;
                SkipGone();
                return true;
            }
        }
        return false;
    }

    public bool Contains(int piece, int block)
    {
        for (var i = 0; i < _used; i++)
        {
            var entry = _ring[(_head + i) & (_ring.Length - 1)];
            if (entry.Piece == piece && entry.Block == block)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Takes everything out.</summary>
    public PendingBlock[] Drain()
    {
        var drained = new PendingBlock[Count];
        var next = 0;
        for (var i = 0; i < _used; i++)
        {
            var entry = _ring[(_head + i) & (_ring.Length - 1)];
            if (entry.Piece != Gone)
            {
                drained[next++] = entry;
            }
        }
        _head = _used = Count = 0;
        return drained;
    }

    private void SkipGone()
    {
        while (_used > 0 && _ring[_head].Piece == Gone)
        {
            _head = (_head + 1) & (_ring.Length - 1);
            _used--;
        }
    }

    private void Grow()
    {
        var grown = new PendingBlock[_ring.Length * 2];
        var next = 0;
        for (var i = 0; i < _used; i++)
        {
            var entry = _ring[(_head + i) & (_ring.Length - 1)];
            if (entry.Piece != Gone)
            {
                grown[next++] = entry;
            }
        }
        _ring = grown;
        _head = 0;
        _used = next;
    }
}

internal readonly record struct PendingBlock(int Piece, int Block, long At);
