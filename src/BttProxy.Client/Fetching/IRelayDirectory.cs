using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Fetching;

/// <summary>Where a download learns of relays: the DHT and the cache, or a fixed list in a test.</summary>
public interface IRelayDirectory
{
    /// <summary>Why the latest search ended as it did; one line for the user.</summary>
    string Explanation { get; }

    /// <summary>Relays as they are found, each verified and of the right network; ends when the search ends.</summary>
    IAsyncEnumerable<RelayOffer> FindAsync(CancellationToken cancellationToken);

    /// <summary>One relay by its id.</summary>
    Task<RelayOffer?> FindAsync(RelayId id, CancellationToken cancellationToken);

    /// <summary>Remembers for 24 hours that the relay served wrong bytes.</summary>
    Task BanAsync(RelayId id, CancellationToken cancellationToken);
}
