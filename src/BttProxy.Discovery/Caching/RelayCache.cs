using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;
using Microsoft.Extensions.Logging;

namespace BttProxy.Discovery.Caching;

/// <summary>
/// Relays seen in the last days and relays that cheated, kept in one file. Records certify themselves, so their signatures are
/// checked again when they are read. Several processes may share the file: saving merges. Losing it costs a search, so a file
/// that cannot be read or written is logged once and never stops anybody.
/// </summary>
public sealed partial class RelayCache : IDisposable
{
    private readonly RelayCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RelayCache> _logger;
    private readonly RelayCacheFile? _file;
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<RelayId, CachedRelay> _relays = [];
    private readonly Dictionary<RelayId, DateTimeOffset> _bannedUntil = [];
    private bool _warned;

    private RelayCache(RelayCacheOptions options, TimeProvider time, ILogger<RelayCache> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _file = options.Path is null ? null : new RelayCacheFile(options.Path);
    }

    /// <summary>Reads the file if there is one.</summary>
    public static async Task<RelayCache> OpenAsync(
        RelayCacheOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var cache = new RelayCache(options, time, loggers.CreateLogger<RelayCache>());
        await cache.MergeFileAsync(cancellationToken).ConfigureAwait(false);
        return cache;
    }

    /// <summary>All relays that are neither too old nor banned: those that served us first, then the last seen.</summary>
    public IReadOnlyList<CachedRelay> Relays()
    {
        lock (_gate)
        {
            Trim();
            return [.. _relays.Values.Where(relay => !_bannedUntil.ContainsKey(relay.Signed.Id)).Order(MostWorthKeeping)];
        }
    }

    /// <summary>The newest record known of a relay; older ones that turn up are replays.</summary>
    public CachedRelay? Find(RelayId id)
    {
        lock (_gate)
        {
            Trim();
            return _relays.GetValueOrDefault(id);
        }
    }

    /// <summary>Takes a record that has just come from the network and was checked. An older one than the known is ignored.</summary>
    public void Remember(SignedRelayRecord signed, RelayRecord record)
    {
        lock (_gate)
        {
            Merge(new CachedRelay(signed, record, _time.GetUtcNow(), WasUsed: false));
            Trim();
        }
    }

    /// <summary>Notes that a relay served us.</summary>
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
            return _bannedUntil.TryGetValue(id, out var until) && until > _time.GetUtcNow();
        }
    }

    /// <summary>Refuses a relay for <see cref="RelayCacheOptions.BanTime"/>: it served wrong bytes or broke the protocol.</summary>
    public Task BanAsync(RelayId id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            MergeBan(id, _time.GetUtcNow() + _options.BanTime);
            Trim();
        }

        return SaveAsync(cancellationToken);
    }

    /// <summary>Merges with what another process wrote meanwhile and replaces the file.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            return;
        }

        await _saving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await MergeFileAsync(cancellationToken).ConfigureAwait(false);
            await _file.WriteAsync(ToDocument(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WarnOnce(() => LogUnwritable(_file.Path, exception.Message));
        }
        finally
        {
            _saving.Release();
        }
    }

    public void Dispose() => _saving.Dispose();

    private static Comparer<CachedRelay> MostWorthKeeping { get; } = Comparer<CachedRelay>.Create((left, right) =>
        (right.WasUsed, right.SeenAt).CompareTo((left.WasUsed, left.SeenAt)));

    private async Task MergeFileAsync(CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            return;
        }

        try
        {
            if (await _file.ReadAsync(cancellationToken).ConfigureAwait(false) is { } document)
            {
                MergeDocument(document);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            WarnOnce(() => LogUnreadable(_file.Path, exception.Message));
        }
    }

    private void MergeDocument(RelayCacheDocument document)
    {
        var now = _time.GetUtcNow();
        var dropped = 0;
        lock (_gate)
        {
            foreach (var entry in document.Relays.Take(_options.Capacity))
            {
                dropped += TryMerge(entry, now) ? 0 : 1;
            }

            foreach (var ban in document.Bans.Take(_options.BanCapacity))
            {
                if (RelayId.TryParse(ban?.Relay, out var id))
                {
                    MergeBan(id, Earlier(FromUnixSeconds(ban!.Until), now + _options.BanTime));
                }
                else
                {
                    dropped++;
                }
            }

            Trim();
            LogLoaded(_file!.Path, _relays.Count, _bannedUntil.Count, dropped);
        }
    }

    private bool TryMerge(CachedRelayEntry? entry, DateTimeOffset now)
    {
        if (entry?.Record is null || !SignedRelayRecord.TryDecode(entry.Record, out var signed))
        {
            return false;
        }

        // A clock that was set back must not make an entry immortal.
        var seenAt = Earlier(FromUnixSeconds(entry.SeenAt), now);
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

    private RelayCacheDocument ToDocument()
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

    private void MergeBan(RelayId id, DateTimeOffset until)
    {
        if (!_bannedUntil.TryGetValue(id, out var known) || known < until)
        {
            _bannedUntil[id] = until;
        }
    }

    private void Trim()
    {
        var now = _time.GetUtcNow();
        var stale = _relays.Values.Where(relay => relay.SeenAt + _options.Lifetime <= now)
            .Concat(_relays.Values.Where(relay => relay.SeenAt + _options.Lifetime > now).Order(MostWorthKeeping).Skip(_options.Capacity));
        foreach (var relay in stale.ToList())
        {
            _relays.Remove(relay.Signed.Id);
        }

        var over = _bannedUntil.Where(ban => ban.Value <= now)
            .Concat(_bannedUntil.Where(ban => ban.Value > now).OrderByDescending(ban => ban.Value).Skip(_options.BanCapacity));
        foreach (var (id, _) in over.ToList())
        {
            _bannedUntil.Remove(id);
        }
    }

    private void WarnOnce(Action warn)
    {
        if (!Interlocked.Exchange(ref _warned, true))
        {
            warn();
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private static DateTimeOffset FromUnixSeconds(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
