using System.Runtime.CompilerServices;
using BttProxy.Client.Fetching;
using BttProxy.Client.Tunnels;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Finding;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Settings;

/// <summary>Relays from the DHT and the cache of earlier runs.</summary>
public sealed class DhtRelayDirectory(RelayFinder finder, RelayCache cache) : IRelayDirectory
{
    public string Explanation => finder.Report.Explain();

    public async IAsyncEnumerable<RelayOffer> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var found in finder.FindAsync(cancellationToken))
        {
            yield return new RelayOffer(found.Signed, found.Record);
        }
    }

    public async Task<RelayOffer?> FindAsync(RelayId id, CancellationToken cancellationToken) =>
        await finder.FindAsync(id, cancellationToken) is { } found ? new RelayOffer(found.Signed, found.Record) : null;

    public Task BanAsync(RelayId id, CancellationToken cancellationToken) => cache.BanAsync(id, cancellationToken);
}
