using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.UnitTests.BitTorrent.Dht.Churn;

/// <summary>
/// One of the many others: answers like a node of ours, out of a table that the simulation fills, and asks when told
/// to. It has no maintenance and no lookups of its own.
/// </summary>
internal sealed class SimulatedPeer
{
    private const int FirstNobody = 3 << 16;

    private readonly SimulatedNetwork _network;
    private readonly SimulatedTime _time;
    private readonly RoutingTable _table;
    private readonly QueryResponder _responder;
    private readonly Dictionary<IPEndPoint, Func<ReadOnlyMemory<byte>, IEnumerable<KrpcQuery>>> _nextWrites = [];
    private uint _transaction;

    public SimulatedPeer(SimulatedNetwork network, SimulatedTime time, DhtContact contact)
    {
        (_network, _time, Contact) = (network, time, contact);
        _table = new RoutingTable(contact.Id, DhtTestData.PublicRules, time);
        _responder = CreateResponder(_table);
        network.Attach(contact.EndPoint, Receive);
    }

    public DhtContact Contact { get; }

    /// <summary>Asks without being listed by who is asked (BEP 43).</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Names nodes that do not exist, nearer to whatever is asked for than any that does.</summary>
    public bool IsLiar { get; init; }

    public void Know(DhtContact other) => _table.Confirm(other);

    public void Forget(DhtContact other)
    {
        for (var i = 0; i < DhtLimits.FailuresBeforeReplacement; i++)
        {
            _table.Fail(other.EndPoint);
        }
    }

    public void Ask(IPEndPoint node, KrpcQuery query) =>
        _network.Send(Contact.EndPoint, node, KrpcEncoder.EncodeQuery(++_transaction, query, Contact.Id, IsReadOnly).Span);

    /// <summary>Gets a token and writes with it.</summary>
    public void Write(IPEndPoint node, Func<ReadOnlyMemory<byte>, IEnumerable<KrpcQuery>> writes)
    {
        _nextWrites[node] = writes;
        Ask(node, KrpcQuery.Get(Contact.Id));
    }

    public void SendRaw(IPEndPoint node, ReadOnlySpan<byte> datagram) => _network.Send(Contact.EndPoint, node, datagram);

    public void Leave() => _network.Detach(Contact.EndPoint);

    private void Receive(byte[] datagram, IPEndPoint from)
    {
        var message = KrpcParser.TryParse(datagram)!;
        if (message.Kind == KrpcKind.Query)
        {
            var responder = IsLiar && (message.FindId("target"u8) ?? message.FindId("info_hash"u8)) is { } target
                ? CreateResponder(Invent(target))
                : _responder;
            _network.Send(Contact.EndPoint, from, responder.Answer(message, from).Span);
        }
        else if (message.Body?.FindString("token"u8) is { } token && _nextWrites.Remove(from, out var writes))
        {
            foreach (var write in writes(token))
            {
                Ask(from, write);
            }
        }
    }

    private QueryResponder CreateResponder(RoutingTable table) => new(
        table, new WriteTokens(_time), new PeerStore(DhtTestData.PublicRules, _time), new ItemStore(DhtTestData.PublicRules, _time),
        DhtTestData.PublicRules, AddressFamily.InterNetwork);

    private RoutingTable Invent(DhtNodeId target)
    {
        var table = new RoutingTable(Contact.Id, DhtTestData.TestNetworkRules, _time);
        for (var i = 0; i < DhtLimits.NodesPerAnswer; i++)
        {
            // Every other one at an address that no node may contact.
            var address = i % 2 == 0 ? DhtTestData.PublicPeer(FirstNobody + i) : new IPEndPoint(new IPAddress([10, 0, (byte)i, 1]), 6881);
            table.Confirm(new DhtContact(target.CreateRandomNeighbour(DhtNodeId.Bits - 40 + i), address));
        }
        return table;
    }
}
