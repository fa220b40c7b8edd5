using System.Net;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The addresses known for one torrent, when each may be tried next, and which are banned. Changed only under the lock.</summary>
internal sealed class PeerBook
{
    private const int MaxAddresses = 2000;
    private const int MaxBanned = 4096;
    private const int MaxFailures = 8;
    private const int FirstBackOffMilliseconds = 500;
    private const int MaxBackOffMilliseconds = 60_000;

    private readonly Dictionary<IPEndPoint, Entry> _entries = [];
    private readonly HashSet<object> _banned = [];

    public int Count => _entries.Count;

    /// <summary>Adds an address; false when it is known, banned, or the book is full.</summary>
    public bool Add(IPEndPoint endPoint)
    {
        if (IsBanned(endPoint) || _entries.Count >= MaxAddresses)
        {
            return false;
        }
        return _entries.TryAdd(endPoint, new Entry());
    }

    /// <summary>The address to dial next: the one that failed least; null when none may be tried now.</summary>
    public IPEndPoint? TakeNext(long now)
    {
        IPEndPoint? best = null;
        var bestFailures = int.MaxValue;
        foreach (var (endPoint, entry) in _entries)
        {
            if (!entry.InUse && entry.RetryAt <= now && entry.Failures < bestFailures)
            {
                best = endPoint;
                bestFailures = entry.Failures;
            }
        }
        if (best is not null)
        {
            _entries[best].InUse = true;
        }
        return best;
    }

    /// <summary>Dials and connections in a row that came to nothing.</summary>
    public int FailuresOf(IPEndPoint endPoint) => _entries.TryGetValue(endPoint, out var entry) ? entry.Failures : 0;

    /// <summary>The connection ended or never came to be.</summary>
    public void Release(IPEndPoint endPoint, bool wasUseful, long now)
    {
        if (!_entries.TryGetValue(endPoint, out var entry))
        {
            return;
        }
        entry.InUse = false;
        entry.Failures = wasUseful ? 0 : entry.Failures + 1;
        if (entry.Failures >= MaxFailures)
        {
            _entries.Remove(endPoint);
            return;
        }
        entry.RetryAt = now + Math.Min(MaxBackOffMilliseconds, FirstBackOffMilliseconds << entry.Failures);
    }

    /// <summary>Never again: it is ourselves, or it sent bad data.</summary>
    public void Ban(IPEndPoint endPoint)
    {
        _entries.Remove(endPoint);
        if (_banned.Count < MaxBanned)
        {
            _banned.Add(BanKey(endPoint));
        }
    }

    public void Forget(IPEndPoint endPoint) => _entries.Remove(endPoint);

    public bool IsBanned(IPEndPoint endPoint) => _banned.Contains(BanKey(endPoint));

    // A new port is no new start for a host; on loopback, though, every peer of a test network has the same address.
    private static object BanKey(IPEndPoint endPoint) => IPAddress.IsLoopback(endPoint.Address) ? endPoint : endPoint.Address;

    private sealed class Entry
    {
        public bool InUse { get; set; }

        public int Failures { get; set; }

        public long RetryAt { get; set; }
    }
}
