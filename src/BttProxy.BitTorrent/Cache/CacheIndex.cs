namespace BttProxy.BitTorrent.Cache;

/// <summary>
/// Counts what is held and decides what goes next: of a torrent above its own budget its least recently used unit, then the least recently
/// used of all. No clock, no disk; changed under the cache's lock.
/// </summary>
internal sealed class CacheIndex(CacheBudget budget)
{
    private readonly Dictionary<InfoHash, CachedTorrent> _torrents = [];

    /// <summary>Bytes of torrents that are not pinned.</summary>
    public long Held { get; private set; }

    public long Pinned { get; private set; }

    public IReadOnlyCollection<CachedTorrent> Torrents => _torrents.Values;

    public CachedTorrent? Find(InfoHash infoHash) => _torrents.GetValueOrDefault(infoHash);

    public void Add(CachedTorrent torrent)
    {
        _torrents.Add(torrent.InfoHash, torrent);
        Count(torrent, torrent.Held);
    }

    public void Remove(CachedTorrent torrent)
    {
        _torrents.Remove(torrent.InfoHash);
        Count(torrent, -torrent.Held);
    }

    /// <summary>The unit is on disk, or soon will be, and was used now.</summary>
    /// <param name="torrent">One that was added.</param>
    /// <param name="unit">Counted when it is new.</param>
    /// <param name="stamp">Above all stamps so far.</param>
    public void Use(CachedTorrent torrent, int unit, long stamp)
    {
        if (torrent.Units.Use(unit, stamp))
        {
            Grow(torrent, torrent.SizeOf(unit));
        }
    }

    public void Drop(CachedTorrent torrent, int unit)
    {
        if (torrent.Units.Remove(unit))
        {
            Grow(torrent, -torrent.SizeOf(unit));
        }
    }

    public void SetPinned(CachedTorrent torrent, bool isPinned)
    {
        Count(torrent, -torrent.Held);
        torrent.IsPinned = isPinned;
        Count(torrent, torrent.Held);
    }

    /// <summary>What must go next for the budgets to hold.</summary>
    /// <param name="before">Units used at or after this are left alone.</param>
    /// <returns>Null when the budgets hold, or nothing can go.</returns>
    public Victim? Next(long before)
    {
        var isOver = Held > budget.Total;
        Victim? next = null;
        var oldest = before;
        var reason = EvictionReason.TotalBudget;
        foreach (var torrent in _torrents.Values)
        {
            if (torrent.IsPinned || torrent.Units.Oldest is not var (unit, stamp) || stamp >= before)
            {
                continue;
            }
            var isOverOwn = torrent.Held > budget.PerTorrent;
            // A torrent above its own budget comes first, whatever the age of its units.
            var isBetter = isOverOwn == (reason == EvictionReason.TorrentBudget) ? stamp < oldest : isOverOwn;
            if ((isOver || isOverOwn) && isBetter)
            {
                oldest = stamp;
                reason = isOverOwn ? EvictionReason.TorrentBudget : EvictionReason.TotalBudget;
                next = new Victim(torrent, unit, reason);
            }
        }
        return next;
    }

    private void Grow(CachedTorrent torrent, long bytes)
    {
        torrent.Held += bytes;
        Count(torrent, bytes);
    }

    private void Count(CachedTorrent torrent, long bytes)
    {
        if (torrent.IsPinned)
        {
            Pinned += bytes;
        }
        else
        {
            Held += bytes;
        }
    }
}

/// <summary>A unit that has to go.</summary>
internal readonly record struct Victim(CachedTorrent Torrent, int Unit, EvictionReason Reason);
