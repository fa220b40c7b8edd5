using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;

namespace BttProxy.Discovery.Caching;

/// <summary>The relays and bans themselves: what is kept, what wins, what is dropped. Safe for concurrent use.</summary>
internal sealed class RelayMemory(RelayCacheOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RelayId, CachedRelay> _relays = [];
    private readonly Dictionary<RelayId, DateTimeOffset> _bannedUntil = [];

    private static Comparer<CachedRelay> MostWorthKeeping { get; } = Comparer<CachedRelay>.Create((left, right) =>
        (right.WasUsed, right.SeenAt).CompareTo((left.WasUsed, left.SeenAt)));

    public IReadOnlyList<CachedRelay> Relays()
    {
        lock (_gate)
        {
            Trim();
            return [.. _relays.Values.Where(relay => !_bannedUntil.ContainsKey(relay.Signed.Id)).Order(MostWorthKeeping)];
        }
    }

    public CachedRelay? Find(RelayId id)
    {
        lock (_gate)
        {
            Trim();
            return _relays.GetValueOrDefault(id);
        }
    }

    public void Remember(SignedRelayRecord signed, RelayRecord record)
    {
        lock (_gate)
        {
            Merge(new CachedRelay(signed, record, time.GetUtcNow(), WasUsed: false));
            Trim();
        }
    }

    public void MarkUsed(RelayId id)
    {
        lock (_gate)
        {
            if (_relays.TryGetValue(id, out var relay))
            {
                _relays[id] = relay with { WasUsed = true };
            }
        }
    }

    public bool IsBanned(RelayId id)
    {
        lock (_gate)
        {
            return _bannedUntil.TryGetValue(id, out var until) && until > time.GetUtcNow();
        }
    }

    public void Ban(RelayId id)
    {
        lock (_gate)
        {
            Merge(id, time.GetUtcNow() + options.BanTime);
            Trim();
        }
    }

    /// <summary>Takes what a file says, as far as it is true.</summary>
    /// <returns>Entries that were not.</returns>
    public int Merge(RelayCacheDocument document)
    {
        lock (_gate)
        {
            var dropped = document.Relays.Take(options.Capacity).Count(entry => !TryMerge(entry))
                + document.Bans.Take(options.BanCapacity).Count(ban => !TryMerge(ban));
            Trim();
            return dropped;
        }
    }

    public RelayCacheDocument ToDocument()
    {
        lock (_gate)
        {
            Trim();
            return new RelayCacheDocument(
                RelayCacheDocument.CurrentVersion,
                [.. _relays.Values.Order(MostWorthKeeping)
                    .Select(relay => new CachedRelayEntry(relay.Signed.Encode(), relay.SeenAt.ToUnixTimeSeconds(), relay.WasUsed))],
                [.. _bannedUntil.Select(ban => new RelayBanEntry(ban.Key.ToString(), ban.Value.ToUnixTimeSeconds()))]);
        }
    }

    private bool TryMerge(CachedRelayEntry? entry)
    {
        if (entry?.Record is null || !SignedRelayRecord.TryDecode(entry.Record, out var signed))
        {
            return false;
        }

        // A clock that was set back must not make an entry immortal.
        var seenAt = Earlier(FromUnixSeconds(entry.SeenAt), time.GetUtcNow());
        if (_relays.TryGetValue(signed.Id, out var known) && known.Signed.Seq >= signed.Seq)
        {
            Merge(known with { SeenAt = seenAt, WasUsed = entry.WasUsed });
            return true;
        }

        if (!signed.TryVerify(out var record, out _))
        {
            return false;
        }

        Merge(new CachedRelay(signed, record, seenAt, entry.WasUsed));
        return true;
    }

    private bool TryMerge(RelayBanEntry? entry)
    {
        if (!RelayId.TryParse(entry?.Relay, out var id))
        {
            return false;
        }

        Merge(id, Earlier(FromUnixSeconds(entry!.Until), time.GetUtcNow() + options.BanTime));
        return true;
    }

    private void Merge(CachedRelay relay)
    {
        var id = relay.Signed.Id;
        if (!_relays.TryGetValue(id, out var known))
        {
            _relays[id] = relay;
            return;
        }

        var newest = relay.Signed.Seq >= known.Signed.Seq ? relay : known;
        _relays[id] = newest with
        {
            SeenAt = relay.SeenAt > known.SeenAt ? relay.SeenAt : known.SeenAt,
            WasUsed = relay.WasUsed || known.WasUsed,
        };
    }

    private void Merge(RelayId id, DateTimeOffset bannedUntil)
    {
        if (!_bannedUntil.TryGetValue(id, out var known) || known < bannedUntil)
        {
            _bannedUntil[id] = bannedUntil;
        }
    }

    private void Trim()
    {
        var now = time.GetUtcNow();
        foreach (var old in _relays.Values.Where(relay => relay.SeenAt + options.Lifetime <= now).ToList())
        {
            _relays.Remove(old.Signed.Id);
        }

        if (_relays.Count > options.Capacity)
        {
            foreach (var over in _relays.Values.Order(MostWorthKeeping).Skip(options.Capacity).ToList())
            {
                _relays.Remove(over.Signed.Id);
            }
        }

        foreach (var (id, _) in _bannedUntil.Where(ban => ban.Value <= now).ToList())
        {
            _bannedUntil.Remove(id);
        }

        foreach (var (id, _) in _bannedUntil.OrderByDescending(ban => ban.Value).Skip(options.BanCapacity).ToList())
        {
            _bannedUntil.Remove(id);
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private static DateTimeOffset FromUnixSeconds(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
