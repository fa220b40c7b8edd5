using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Discovery;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Finding;
using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.World;

/// <summary>An onlooker in the DHT that sees relays appear exactly as any client does.</summary>
internal sealed class RelayWatch(DhtNodeOptions dhtOptions, RelayMarket market, ConnectGuard guard, TimeProvider timeProvider, ILoggerFactory loggerFactory)
{
    private static readonly RelayFinderOptions OneRound = new() { SearchTime = TimeSpan.FromSeconds(2) };

    /// <summary>Completes when a search has found each of these relays; tells of each one when it is found first.</summary>
    public async Task WaitAsync(IEnumerable<RelayId> relays, Action<FoundRelay> found, CancellationToken cancellationToken)
    {
        var missing = relays.ToHashSet();
        await using var dht = new DhtNode(dhtOptions with { ReadOnly = true }, timeProvider, loggerFactory);
        await dht.StartAsync(cancellationToken);
        await dht.BootstrapAsync(cancellationToken);
        using var cache = await RelayCache.OpenAsync(new RelayCacheOptions(), timeProvider, loggerFactory, cancellationToken);
        var finder = new RelayFinder(dht, cache, market, guard, OneRound, timeProvider);
        while (missing.Count > 0)
        {
            await foreach (var relay in finder.FindAsync(cancellationToken))
            {
                if (missing.Remove(relay.Signed.Id))
                {
                    found(relay);
                }

                if (missing.Count == 0)
                {
                    break;
                }
            }
        }
    }
}
