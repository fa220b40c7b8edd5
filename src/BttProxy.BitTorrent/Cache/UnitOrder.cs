using System.Runtime.InteropServices;

namespace BttProxy.BitTorrent.Cache;

/// <summary>The units of one torrent that are held, in the order of their last use; every operation takes the same short time.</summary>
internal sealed class UnitOrder
{
    private const int None = -1;

    // A list in arrays: a large cache has a million units.
    private readonly Dictionary<int, int> _slots = [];
    private readonly List<Link> _links = [];
    private int _oldest = None;
    private int _newest = None;
    private int _free = None;

    public int Count => _slots.Count;

    /// <summary>The unit that was not used for longest, and when it was used; null when there is none.</summary>
    public (int Unit, long Stamp)? Oldest => _oldest == None ? null : (_links[_oldest].Unit, _links[_oldest].Stamp);

    public bool Contains(int unit) => _slots.ContainsKey(unit);

    /// <summary>Notes that the unit is used now.</summary>
    /// <param name="unit">Added when it is not there.</param>
    /// <param name="stamp">Above those of all units that are there.</param>
    /// <returns>True when the unit is new.</returns>
    public bool Use(int unit, long stamp)
    {
        var isNew = !_slots.TryGetValue(unit, out var slot);
        if (isNew)
        {
            slot = Rent();
            _slots.Add(unit, slot);
        }
        else
        {
            Unlink(slot);
        }
        ref var link = ref Links[slot];
        link = new Link { Unit = unit, Stamp = stamp, Older = _newest, Newer = None };
        if (_newest == None)
        {
            _oldest = slot;
        }
        else
        {
            Links[_newest].Newer = slot;
        }
        _newest = slot;
        return isNew;
    }

    /// <returns>True when the unit was there.</returns>
    public bool Remove(int unit)
    {
        if (!_slots.Remove(unit, out var slot))
        {
            return false;
        }
        Unlink(slot);
        Links[slot].Newer = _free;
        _free = slot;
        return true;
    }

    private Span<Link> Links => CollectionsMarshal.AsSpan(_links);

    private int Rent()
    {
        if (_free == None)
        {
            _links.Add(default);
            return _links.Count - 1;
        }
        var slot = _free;
        _free = _links[slot].Newer;
        return slot;
    }

    private void Unlink(int slot)
    {
        var (older, newer) = (_links[slot].Older, _links[slot].Newer);
        if (older == None)
        {
            _oldest = newer;
        }
        else
        {
            Links[older].Newer = newer;
        }
        if (newer == None)
        {
            _newest = older;
        }
        else
        {
            Links[newer].Older = older;
        }
    }

    private struct Link
    {
        public long Stamp;
        public int Unit;
        public int Older;
        public int Newer;
    }
}
