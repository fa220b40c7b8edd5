using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Dht;

/// <summary>The parts of a node that datagrams meet: what is asked, what is answered, what is learnt from both.</summary>
internal sealed class DhtCore : IKrpcHandler
{
    private const int StrangersWaiting = 256;

    private readonly ExternalAddressVotes _votes;
    private readonly Channel<DhtContact> _strangers = Channel.CreateBounded<DhtContact>(
        new BoundedChannelOptions(StrangersWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _idIsSettled;

    public DhtCore(DhtNodeOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory)
    {
        Rules = new AddressRules(options.Guard);
        _votes = new ExternalAddressVotes(Rules);
        Table = new RoutingTable(DhtNodeId.CreateRandom(), Rules, timeProvider);
        Transport = new KrpcTransport(options, this, Rules, timeProvider, loggerFactory.CreateLogger<KrpcTransport>());
        Responder = new QueryResponder(
            Table, new WriteTokens(timeProvider), new PeerStore(Rules, timeProvider), new ItemStore(timeProvider), Rules, Transport.Family);
    }

    public AddressRules Rules { get; }

    public RoutingTable Table { get; }

    public KrpcTransport Transport { get; }

    public QueryResponder Responder { get; }

    public DhtNodeId OwnId => Table.OwnId;

    /// <summary>
    /// Nodes that asked us something and are not known: anybody may claim an id, so they enter the table only once
    /// they have answered a ping.
    /// </summary>
    public ChannelReader<DhtContact> Strangers => _strangers.Reader;

    public ReadOnlyMemory<byte> OnQuery(KrpcMessage query, IPEndPoint remote)
    {
        var sender = new DhtContact(query.Sender, remote);
        if (!query.IsReadOnly && Table.HasRoomFor(sender))
        {
            _strangers.Writer.TryWrite(sender);
        }
        return Responder.Answer(query, remote);
    }

    public void OnReply(KrpcMessage reply, IPEndPoint remote)
    {
        Table.Confirm(new DhtContact(reply.Sender, remote));
        if (!_idIsSettled && reply.YourAddress is { } claimed && _votes.Add(remote, claimed) is { } external)
        {
            // Once only: an id that changes again and again makes the node useless to others.
            _idIsSettled = true;
            if (!SecureNodeId.Matches(OwnId, external))
            {
                Table.ChangeOwnId(SecureNodeId.Create(external));
            }
        }
    }
}
