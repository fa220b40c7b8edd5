using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Dht;

/// <summary>The parts of a node that datagrams meet: what is asked, what is answered, what is learnt from both.</summary>
internal sealed class DhtCore : IKrpcHandler
{
    public const int StrangersWaiting = 256;

    private readonly ExternalAddressVotes _votes;
    private readonly Channel<DhtContact> _strangers = Channel.CreateBounded<DhtContact>(
        new BoundedChannelOptions(StrangersWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _idIsSettled;

    public DhtCore(DhtNodeOptions options, IDatagramSocket socket, TimeProvider timeProvider, ILoggerFactory loggerFactory)
    {
        Rules = new AddressRules(options.Guard);
        _votes = new ExternalAddressVotes(Rules);
        Table = new RoutingTable(DhtNodeId.CreateRandom(), Rules, timeProvider);
        Transport = new KrpcTransport(options, socket, this, Rules, timeProvider, loggerFactory.CreateLogger<KrpcTransport>());
        Responder = new QueryResponder(
            Table, new WriteTokens(timeProvider), new PeerStore(Rules, timeProvider), new ItemStore(Rules, timeProvider), Rules, Transport.Family);
    }

    public AddressRules Rules { get; }

    public RoutingTable Table { get; }

    public KrpcTransport Transport { get; }

    public QueryResponder Responder { get; }

    public NetworkSize Size { get; } = new();

    /// <summary>Our part in the other network (BEP 32); null when this host takes part in one only.</summary>
    public DhtCore? Other { get; private set; }

    /// <summary>Our address as the others see it; null until eight networks agree.</summary>
    public IPAddress? ExternalAddress { get; private set; }

    public DhtNodeId OwnId => Table.OwnId;

    /// <summary>
    /// Nodes that asked us something and are not known: anybody may claim an id, so they enter the table only once
    /// they have answered a ping.
    /// </summary>
    public ChannelReader<DhtContact> Strangers => _strangers.Reader;

    /// <summary>Lets both tell askers of the other's nodes, and learn nodes for each other.</summary>
    public static void Join(DhtCore one, DhtCore other)
    {
        (one.Other, other.Other) = (other, one);
        one.Responder.OtherTable = other.Table;
        other.Responder.OtherTable = one.Table;
    }

    /// <summary>Somebody named this node: worth a ping if there is room for it.</summary>
    public void Meet(DhtContact contact)
    {
        if (Table.HasRoomFor(contact))
        {
            _strangers.Writer.TryWrite(contact);
        }
    }

    public ReadOnlyMemory<byte> OnQuery(KrpcMessage query, IPEndPoint remote)
    {
        if (!query.IsReadOnly)
        {
            Meet(new DhtContact(query.Sender, remote));
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
            ExternalAddress = external;
            if (!SecureNodeId.Matches(OwnId, external))
            {
                Table.ChangeOwnId(SecureNodeId.Create(external));
            }
        }
    }
}
