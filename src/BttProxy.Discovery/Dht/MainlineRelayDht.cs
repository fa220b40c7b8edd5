using System.Net;
using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Protocol;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;

namespace BttProxy.Discovery.Dht;

/// <summary>Relay records as BEP 44 items and rendezvous as BEP 5 announcements of the Mainline DHT.</summary>
internal sealed class MainlineRelayDht(DhtNode node) : IRelayDht
{
    private static readonly byte[] Salt = Encoding.ASCII.GetBytes(ProtocolConstants.RecordSalt);
    private static readonly DhtNodeId SelfTarget = new(Rendezvous.SelfTarget());

    public int NodeCount => node.NodeCount;

    public IAsyncEnumerable<IPEndPoint> FindAtRendezvousAsync(InfoHash rendezvous, CancellationToken cancellationToken) =>
        node.GetPeersAsync(rendezvous, cancellationToken);

    // The announced port is the one that the others see the packet come from (implied_port): it is the socket that
    // answers "are you a relay?", and the HTTPS port stays out of the DHT.
    public Task<int> AnnounceAsync(InfoHash rendezvous, CancellationToken cancellationToken) =>
        node.AnnounceAsync(rendezvous, port: null, cancellationToken);

    public async Task<StoredRecord> GetRecordAsync(RelayId id, CancellationToken cancellationToken)
    {
        var found = await node.GetMutableAsync(id.Value.Span.ToArray(), Salt, cancellationToken).ConfigureAwait(false);
        return found.Item is null ? default : new StoredRecord(ToRecord(found.Item), found.Copies);
    }

    public async Task<int> PutRecordAsync(SignedRelayRecord record, CancellationToken cancellationToken)
    {
        var result = await node.PutMutableAsync(ToItem(record), cas: null, cancellationToken).ConfigureAwait(false);
        return result.Stored;
    }

    public async Task<SignedRelayRecord?> AskSelfAsync(IPEndPoint socket, CancellationToken cancellationToken)
    {
        var item = await node.AskDirectAsync(socket, SelfTarget, Salt, cancellationToken).ConfigureAwait(false);
        return item is null ? null : ToRecord(item);
    }

    public void ServeSelf(Func<SignedRelayRecord?> record) =>
        node.Serve(SelfTarget, () => record() is { } current ? ToItem(current) : null);

    private static SignedRelayRecord ToRecord(DhtMutableItem item) =>
        new(new RelayId(new Bytes32(item.PublicKey.Span)), item.Seq, item.Value, item.Signature);

    // The record's signature is the one that BEP 44 asks for: nothing is signed anew.
    private static DhtMutableItem ToItem(SignedRelayRecord record) =>
        DhtMutableItem.Sign(record.Id.Value.Span.ToArray(), _ => record.Signature.ToArray(), Salt, record.Seq, record.Value);
}
