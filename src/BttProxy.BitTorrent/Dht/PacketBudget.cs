using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Token buckets per remote, for at most <see cref="DhtLimits.PacedRemotes"/> of them.</summary>
internal sealed class PacketBudget(double perSecond, double burst, AddressRules rules, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, Bucket> _buckets = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _buckets.Count;
            }
        }
    }

    /// <summary>Takes one packet ahead of time and says how long to wait before it may be sent.</summary>
    public TimeSpan Reserve(IPEndPoint remote)
    {
        lock (_gate)
        {
            var left = Take(remote, mayBorrow: true);
            return left >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-left / perSecond);
        }
    }

    /// <summary>Takes one packet if one is left now.</summary>
    public bool TryTake(IPEndPoint remote)
    {
        lock (_gate)
        {
            return Take(remote, mayBorrow: false) >= 0;
        }
    }

    private double Take(IPEndPoint remote, bool mayBorrow)
    {
        var now = timeProvider.GetTimestamp();
        var key = rules.Participant(remote);
        if (!_buckets.TryGetValue(key, out var bucket))
        {
            if (_buckets.Count >= DhtLimits.PacedRemotes)
            {
                Forget(now);
            }
            bucket = new Bucket(burst, now);
        }
        var level = Level(bucket, now) - 1;
        if (level >= 0 || mayBorrow)
        {
            _buckets[key] = new Bucket(Math.Max(level, -burst), now);
        }
        return level;
    }

    private double Level(Bucket bucket, long now) =>
        Math.Min(burst, bucket.Level + (timeProvider.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));

    // Full buckets carry no memory worth keeping; when that is not enough, forgetting all is better than growing.
    private void Forget(long now)
    {
        foreach (var (key, bucket) in _buckets)
        {
            if (Level(bucket, now) >= burst)
            {
                _buckets.Remove(key);
            }
        }
        if (_buckets.Count >= DhtLimits.PacedRemotes)
        {
            _buckets.Clear();
        }
    }

    private readonly record struct Bucket(double Level, long At);
}
