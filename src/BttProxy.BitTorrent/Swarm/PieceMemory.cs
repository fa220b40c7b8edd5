namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// The memory in which pieces are put together, bounded for all torrents of an engine. Of those who went without, whoever holds least
/// for each of its readers is first; when nobody did, one may have it all. Buffers that come back are kept for the next pieces, since
/// giving megabytes to the collector each time costs more than the pieces; an idle engine keeps none. Thread-safe.
/// </summary>
internal sealed class PieceMemory(long limit)
{
    private readonly Lock _gate = new();
    private readonly HashSet<PieceMemoryShare> _waiting = [];
    private readonly Dictionary<int, Stack<byte[]>> _kept = [];
    private long _used;
    private long _keptBytes;
    private bool _wasRented;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Bytes of buffers that nobody uses at the moment.</summary>
    public long Kept => Interlocked.Read(ref _keptBytes);

    public byte[]? TryRent(PieceMemoryShare share, int size, int weight)
    {
        lock (_gate)
        {
            share.Weight = weight;
            if (share.Used > 0 && !IsFree(share, size))
            {
                _waiting.Add(share);
                return null;
            }
            _waiting.Remove(share);
            share.Used += size;
            _used += size;
            _wasRented = true;
            if (_kept.TryGetValue(size, out var stack) && stack.TryPop(out var buffer))
            {
                _keptBytes -= size;
                return buffer;
            }
            if (_used + _keptBytes > limit)
            {
                // Those kept are of other torrents' sizes.
                DropKept();
            }
        }
        return GC.AllocateUninitializedArray<byte>(size);
    }

    public void Return(PieceMemoryShare share, byte[] buffer)
    {
        lock (_gate)
        {
            share.Used -= buffer.Length;
            _used -= buffer.Length;
            if (_used + _keptBytes + buffer.Length <= limit)
            {
                if (!_kept.TryGetValue(buffer.Length, out var stack))
                {
                    _kept[buffer.Length] = stack = new Stack<byte[]>();
                }
                stack.Push(buffer);
                _keptBytes += buffer.Length;
            }
        }
    }

    /// <summary>Called a few times a second: who still goes without will ask again.</summary>
    public void ForgetWaiting()
    {
        lock (_gate)
        {
            _waiting.Clear();
        }
    }

    /// <summary>Called now and then: gives up what was kept when no piece was begun since the last call.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            if (!_wasRented)
            {
                DropKept();
            }
            _wasRented = false;
        }
    }

    private bool IsFree(PieceMemoryShare share, int size)
    {
        if (_used + size > limit)
        {
            return false;
        }
        foreach (var other in _waiting)
        {
            if (other.Used * share.Weight < share.Used * other.Weight)
            {
                return false;
            }
        }
        return true;
    }

    private void DropKept()
    {
        _kept.Clear();
        _keptBytes = 0;
    }
}
