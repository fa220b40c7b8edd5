using System.Net;
using BttProxy.BitTorrent;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;

namespace BttProxy.Discovery.Dht;

/// <summary>What discovery asks of the DHT, in its own terms: the seam at which tests put a network of their own.</summary>
internal interface IRelayDht
{
    /// <summary>Nodes in the routing table; 0 until the network has answered.</summary>
    int NodeCount { get; }

    /// <summary>Sockets that announced themselves at a rendezvous, as they are found. The lookup is bounded.</summary>
    IAsyncEnumerable<IPEndPoint> FindAtRendezvousAsync(InfoHash rendezvous, CancellationToken cancellationToken);

    /// <summary>Announces our own socket at a rendezvous.</summary>
    /// <returns>How many nodes took it.</returns>
    Task<int> AnnounceAsync(InfoHash rendezvous, CancellationToken cancellationToken);

    /// <summary>The newest record that the network stores for a relay, and how many nodes hold that one.</summary>
    Task<StoredRecord> GetRecordAsync(RelayId id, CancellationToken cancellationToken);

    /// <summary>Stores a record at the nodes nearest to its key.</summary>
    /// <returns>How many nodes took it.</returns>
    Task<int> PutRecordAsync(SignedRelayRecord record, CancellationToken cancellationToken);

    /// <summary>Asks one socket for its own record. Null when it is silent or no relay.</summary>
    Task<SignedRelayRecord?> AskSelfAsync(IPEndPoint socket, CancellationToken cancellationToken);

    /// <summary>Answers that question with our own record from now on.</summary>
    void ServeSelf(Func<SignedRelayRecord?> record);
}

/// <param name="Newest">Null when no node has one.</param>
/// <param name="Copies">Nodes that returned exactly this one.</param>
internal readonly record struct StoredRecord(SignedRelayRecord? Newest, int Copies);
