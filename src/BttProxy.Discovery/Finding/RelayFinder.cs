using System.Runtime.CompilerServices;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Dht;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;

namespace BttProxy.Discovery.Finding;

/// <summary>Finds relays of one market: all of them, or one by its id.</summary>
public sealed class RelayFinder
{
    private readonly IRelayDht _dht;
    private readonly RelayCache _cache;
    private readonly RecordCheck _check;
    private readonly RelayMarket _market;
    private readonly RelayFinderOptions _options;
    private readonly TimeProvider _time;
    private DiscoveryReport _report = DiscoveryReport.Empty;

    /// <param name="dht">A started node; the caller keeps it.</param>
    /// <param name="cache">Known relays and bans; the caller keeps it.</param>
    /// <param name="market">Records of other markets are refused.</param>
    /// <param name="guard">Judges the endpoints of records; a network of private addresses also lifts the rule of one relay per block.</param>
    /// <param name="options">Bounds of a search.</param>
    /// <param name="time">Clock.</param>
    public RelayFinder(DhtNode dht, RelayCache cache, RelayMarket market, ConnectGuard guard, RelayFinderOptions options, TimeProvider time)
        : this(new MainlineRelayDht(dht), cache, market, guard, options, time)
    {
    }

    internal RelayFinder(IRelayDht dht, RelayCache cache, RelayMarket market, ConnectGuard guard, RelayFinderOptions options, TimeProvider time)
    {
        _dht = dht;
        _cache = cache;
        _market = market;
        _options = options;
        _time = time;
        _check = new RecordCheck(market, guard, options, time);
    }

    /// <summary>What the latest search saw; grows while it runs.</summary>
    public DiscoveryReport Report => Volatile.Read(ref _report);

    /// <summary>
    /// Searches the cache and the DHT. Relays come as they are found, each checked; one that turns up again with a newer record
    /// comes again. Ends when enough are known or the time is up; read <see cref="Report"/> when nothing came.
    /// </summary>
    public async IAsyncEnumerable<FoundRelay> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var search = new RelaySearch(_dht, _cache, _check, _market.Network, _options, _time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = search.RunAsync(stopping.Token);
        try
        {
            await foreach (var relay in search.Found.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                Volatile.Write(ref _report, search.Report());
                yield return relay;
            }

            await running.ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Volatile.Write(ref _report, search.Report());
            await _cache.SaveAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Follows one relay to its newest record: the DHT first, the cache when that brings nothing.</summary>
    /// <returns>Null when it is unknown, banned or its records are refused; <see cref="Report"/> says which.</returns>
    public async Task<FoundRelay?> FindAsync(RelayId id, CancellationToken cancellationToken)
    {
        var results = new SearchResults(allowSameSubnet: true, maxQuestions: 1);
        var cached = _cache.Find(id);
        var found = _cache.IsBanned(id) ? null : await FollowAsync(id, cached, results, cancellationToken).ConfigureAwait(false);
        if (_cache.IsBanned(id))
        {
            results.Reject(RecordVerdict.Banned);
        }
        else if (found is not null)
        {
            results.Accept(found);
        }

        Volatile.Write(ref _report, results.Report(_dht.NodeCount, _options.BootstrapNodes));
        return found;
    }

    private async Task<FoundRelay?> FollowAsync(RelayId id, CachedRelay? cached, SearchResults results, CancellationToken cancellationToken)
    {
        var stored = await _dht.GetRecordAsync(id, cancellationToken).ConfigureAwait(false);
        if (stored.Newest is { } signed)
        {
            RelayRecord? record = null;
            var verdict = signed.Id == id ? _check.Judge(signed, cached?.Signed.Seq, out record) : RecordVerdict.WrongRelay;
            if (record is not null)
            {
                _cache.Remember(signed, record);
                await _cache.SaveAsync(cancellationToken).ConfigureAwait(false);
                return new FoundRelay(signed, record, RelaySource.Dht, _time.GetUtcNow());
            }

            results.Reject(verdict);
        }

        return cached is null ? null : FromCache(cached, results);
    }

    private FoundRelay? FromCache(CachedRelay cached, SearchResults results)
    {
        var verdict = _check.Judge(cached.Record);
        if (verdict is RecordVerdict.Accepted or RecordVerdict.Expired)
        {
            return new FoundRelay(cached.Signed, cached.Record, RelaySource.Cache, cached.SeenAt, verdict == RecordVerdict.Expired);
        }

        results.Reject(verdict);
        return null;
    }
}
