namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// The memory in which pieces are put together, bounded for all torrents of an engine. Buffers that come back are kept for the next
/// pieces, since giving megabytes to the collector each time costs more than the pieces; an idle engine keeps none. Thread-safe.
/// </summary>
internal sealed class PieceMemory(long limit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Stack<byte[]>> _kept = [];
    private long _used;
    private long _keptBytes;
    private bool _wasRented;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Bytes of buffers that nobody uses at the moment.</summary>
    public long Kept => Interlocked.Read(ref _keptBytes);

    /// <summary>Null when the limit is reached: finish other pieces first.</summary>
    /// <param name="size">Bytes wanted.</param>
    /// <param name="isFirst">True when the caller holds no buffer; then it gets one, so that a large piece cannot wait for ever.</param>
    public byte[]? TryRent(int size, bool isFirst)
    {
        lock (_gate)
        {
            if (_used + size > limit && !isFirst)
            {
                return null;
            }
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

    public void Return(byte[] buffer)
    {
        lock (_gate)
        {
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

    private void DropKept()
    {
        _kept.Clear();
        _keptBytes = 0;
    }
}
