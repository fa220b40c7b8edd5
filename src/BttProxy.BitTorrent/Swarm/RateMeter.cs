namespace BttProxy.BitTorrent.Swarm;

/// <summary>Bytes per second over the last two seconds. Times are milliseconds of any steady clock.</summary>
internal sealed class RateMeter
{
    private const int SlotMilliseconds = 250;
    private const int Slots = 8;

    private readonly long[] _bytes = new long[Slots];
    private long _slot = long.MinValue;
    private long _firstSlot;

    public long Total { get; private set; }

    public void Add(long bytes, long now)
    {
        Advance(now / SlotMilliseconds);
        _bytes[_slot % Slots] += bytes;
        Total += bytes;
    }

    public long Rate(long now)
    {
        Advance(now / SlotMilliseconds);
        var sum = 0L;
        foreach (var bytes in _bytes)
        {
            sum += bytes;
        }
        // The newest slot is only partly over; a young meter has fewer slots.
        var age = Math.Min((Slots - 1) * SlotMilliseconds, (_slot - _firstSlot) * SlotMilliseconds) + (now % SlotMilliseconds) + 1;
        return sum * 1000 / Math.Max(age, 50);
    }

    private void Advance(long slot)
    {
        if (_slot == long.MinValue || slot - _slot > Slots)
        {
            Array.Clear(_bytes);
            _firstSlot = slot;
            _slot = slot;
        }
        while (_slot < slot)
        {
            _bytes[++_slot % Slots] = 0;
        }
    }
}
