using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class QueryResponderWantTests
{
    private static readonly DhtNodeId Target = DhtTestData.Id(0x42);
    private readonly ResponderBuilder _node = new();
    private readonly RoutingTable _other;

    public QueryResponderWantTests()
    {
        _other = new RoutingTable(DhtTestData.Id(1), DhtTestData.PublicRules, _node.Time);
        for (var i = 0; i < 12; i++)
        {
            _node.Table.Confirm(new DhtContact(DhtNodeId.CreateRandom(), DhtTestData.PublicPeer(i)));
            _other.Confirm(new DhtContact(DhtNodeId.CreateRandom(), new IPEndPoint(IPAddress.Parse($"2a00:{i + 1:x}::1"), 6881)));
        }
    }

    [Theory]
    [InlineData(new[] { "n4", "n6" }, 8, 8)]
    [InlineData(new[] { "n6" }, 0, 8)]
    [InlineData(new[] { "n4" }, 8, 0)]
    [InlineData(new string[0], 8, 0)]
    [InlineData(new[] { "n5", "" }, 8, 0)]
    public void NodeOfBothNetworks_AnswersWhatIsWanted(string[] want, int nodes4, int nodes6)
    {
        _node.Responder.OtherTable = _other;
        foreach (var method in new[] { KrpcMethod.FindNode, KrpcMethod.GetPeers, KrpcMethod.Get })
        {
            Assert.Equal((nodes4, nodes6), Count(Ask(method, want)));
            Assert.InRange(_node.AnswerBytes, 1, DhtLimits.AnswerBytes);
        }
    }

    [Fact]
    public void NodeOfOneNetwork_AnswersWithItsOwn() => Assert.Equal((8, 0), Count(Ask(KrpcMethod.FindNode, ["n6"])));

    [Fact]
    public void NodesOfBoth_LeaveRoomForPeers()
    {
        _node.Responder.OtherTable = _other;
        for (var i = 0; i < 500; i++)
        {
            _node.Peers.Add(new BttProxy.BitTorrent.InfoHash(Target.Span), DhtTestData.PublicPeer(i));
        }
        var answer = Ask(KrpcMethod.GetPeers, ["n4", "n6"]);
        Assert.Equal((8, 8), Count(answer));
        Assert.InRange(answer.FindList("values"u8)!.Items.Count, 40, 100);
        Assert.InRange(_node.AnswerBytes, 900, DhtLimits.AnswerBytes);
    }

    private BencodeDictionary Ask(KrpcMethod method, string[] want) => _node.Ask(new KrpcQuery(method, writer =>
    {
        writer.WriteEntry(method == KrpcMethod.GetPeers ? "info_hash"u8 : "target"u8, Target.Span);
        writer.WriteString("want"u8);
        writer.BeginList();
        foreach (var name in want)
        {
            writer.WriteString(name);
        }
        writer.WriteInteger(6);
        writer.End();
    })).Body!;

    private static (int Nodes4, int Nodes6) Count(BencodeDictionary answer) => (
        CompactAddresses.ReadNodes((answer.FindString("nodes"u8) ?? default).Span, AddressFamily.InterNetwork, 99).Count,
        CompactAddresses.ReadNodes((answer.FindString("nodes6"u8) ?? default).Span, AddressFamily.InterNetworkV6, 99).Count);
}
