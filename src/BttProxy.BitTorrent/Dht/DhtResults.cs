using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>A node that answered a ping.</summary>
/// <param name="Id">The id that it claims.</param>
/// <param name="IsVerified">The id belongs to its address (BEP 42), or the address is local and has none.</param>
/// <param name="SeesUsAt">Our address as the node sees it; null when it does not tell.</param>
/// <param name="RoundTrip">How long the answer took.</param>
public sealed record DhtPing(DhtNodeId Id, bool IsVerified, IPAddress? SeesUsAt, TimeSpan RoundTrip);

/// <summary>What reading a mutable item came to.</summary>
/// <param name="Item">The valid item with the highest sequence number; null when nobody had one.</param>
/// <param name="Copies">Nodes that hold exactly this item.</param>
/// <param name="Answered">Nodes that answered at all; 0 means that the DHT is out of reach.</param>
public sealed record DhtMutableLookup(DhtMutableItem? Item, int Copies, int Answered)
{
    /// <summary>
    /// Other valid versions that nodes still hold, a few at most: for a reader to whom an item of a lower sequence number can tell something
    /// that the newest one does not.
    /// </summary>
    public IReadOnlyList<DhtMutableItem> Others { get; init; } = [];
}

/// <summary>What became of a write.</summary>
/// <param name="Target">Where the item is to be found.</param>
/// <param name="Stored">Nodes that took it.</param>
/// <param name="CasMismatch">Nodes that hold another sequence number than the one expected (301).</param>
/// <param name="SequenceTooLow">Nodes that hold a newer item (302): read it before writing again.</param>
/// <param name="Refused">Nodes that refused for another reason.</param>
/// <param name="Silent">Nodes that gave a token and then did not answer.</param>
/// <param name="Copies">Nodes that, asked again afterwards, returned exactly what was written: the copies that are really there.</param>
/// <param name="Crowd">
/// Nodes that lie nearer to the target than chance explains, by the size of the network: somebody may be trying to
/// surround it. They get the copies that readers look for there, the rest goes beyond them. 0 is normal.
/// </param>
public sealed record DhtPutResult(
    DhtNodeId Target, int Stored, int CasMismatch, int SequenceTooLow, int Refused, int Silent, int Copies, int Crowd)
{
    /// <summary>The same write in the IPv4 and the IPv6 network.</summary>
    public static DhtPutResult operator +(DhtPutResult left, DhtPutResult right) => new(
        left.Target,
        left.Stored + right.Stored,
        left.CasMismatch + right.CasMismatch,
        left.SequenceTooLow + right.SequenceTooLow,
        left.Refused + right.Refused,
        left.Silent + right.Silent,
        left.Copies + right.Copies,
        left.Crowd + right.Crowd);
}

/// <summary>How many hosts share a torrent, estimated from what the nodes near it have been told (BEP 33).</summary>
/// <param name="Seeds">Hosts that have everything.</param>
/// <param name="Downloaders">Hosts that do not.</param>
/// <param name="Answered">Nodes that told a number; 0 means that nothing is known.</param>
public sealed record DhtScrape(int Seeds, int Downloaders, int Answered);
