using System.Diagnostics.Metrics;

namespace BttProxy.BitTorrent.Cache;

/// <summary>What the piece cache measures.</summary>
internal sealed class CacheMetrics
{
    private const string MeterName = "BttProxy";

    private readonly Counter<long> _evictions;
    private readonly Counter<long> _evicted;

    public CacheMetrics(IMeterFactory? factory, CacheBudget budget, Func<CacheUsage> usage)
    {
        var meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        meter.CreateObservableGauge("bttproxy.cache.used", () => Held(usage()), "By", "Bytes of torrents on disk, by whether they may be given up.");
        meter.CreateObservableGauge("bttproxy.cache.torrents", () => usage().Torrents, "{torrent}", "Torrents of which anything is on disk.");
        meter.CreateObservableGauge("bttproxy.cache.limit", () => Budgets(budget), "By", "Bytes that may be held of all torrents and of each.");
        _evictions = meter.CreateCounter<long>("bttproxy.cache.evictions", "{piece}", "Pieces given up, by the budget that made them go.");
        _evicted = meter.CreateCounter<long>("bttproxy.cache.evicted.size", "By", "Bytes given up, by the budget that made them go.");
    }

    public void Evicted(EvictionReason reason, long bytes)
    {
        var tag = new KeyValuePair<string, object?>("budget", reason == EvictionReason.TorrentBudget ? "torrent" : "total");
        _evictions.Add(1, tag);
        _evicted.Add(bytes, tag);
    }

    private static IEnumerable<Measurement<long>> Budgets(CacheBudget budget)
    {
        if (budget.Total is { } total)
        {
            yield return new(total, new KeyValuePair<string, object?>("budget", "total"));
        }
        if (budget.PerTorrent is { } perTorrent)
        {
            yield return new(perTorrent, new KeyValuePair<string, object?>("budget", "torrent"));
        }
    }

    private static IEnumerable<Measurement<long>> Held(CacheUsage usage) =>
    [
        new(usage.HeldBytes, new KeyValuePair<string, object?>("kind", "evictable")),
        new(usage.PinnedBytes, new KeyValuePair<string, object?>("kind", "pinned")),
    ];
}
