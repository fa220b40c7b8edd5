namespace BttProxy.BitTorrent.Dht;

/// <summary>What reading a mutable item came to.</summary>
/// <param name="Item">The valid item with the highest sequence number; null when nobody had one.</param>
/// <param name="Copies">Nodes that hold exactly this item.</param>
/// <param name="Answered">Nodes that answered at all; 0 means that the DHT is out of reach.</param>
public sealed record DhtMutableLookup(DhtMutableItem? Item, int Copies, int Answered);

/// <summary>What became of a write.</summary>
/// <param name="Target">Where the item is to be found.</param>
/// <param name="Stored">Nodes that took it.</param>
/// <param name="CasMismatch">Nodes that hold another sequence number than the one expected (301).</param>
/// <param name="SequenceTooLow">Nodes that hold a newer item (302): read it before writing again.</param>
/// <param name="Refused">Nodes that refused for another reason.</param>
/// <param name="Silent">Nodes that gave a token and then did not answer.</param>
public sealed record DhtPutResult(DhtNodeId Target, int Stored, int CasMismatch, int SequenceTooLow, int Refused, int Silent);
