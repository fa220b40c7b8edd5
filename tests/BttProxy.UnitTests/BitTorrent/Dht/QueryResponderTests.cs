using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class QueryResponderTests
{
    private static readonly DhtNodeId Target = DhtTestData.Id(0x42);
    private readonly ResponderBuilder _node = new();

    [Fact]
    public void Ping_IsAnsweredWithOurIdAndTheCallersAddress()
    {
        var answer = _node.Ask(KrpcQuery.Ping());
        Assert.Equal(_node.Table.OwnId, answer.Sender);
        Assert.Equal(ResponderBuilder.Caller.Address, answer.YourAddress);
    }

    [Fact]
    public void FindNode_AnswersTheEightNearest()
    {
        for (var i = 0; i < 30; i++)
        {
            _node.Table.Confirm(new DhtContact(DhtNodeId.CreateRandom(), DhtTestData.PublicPeer(i)));
        }
        var nodes = _node.Ask(KrpcQuery.FindNode(Target)).Body!.FindString("nodes"u8)!.Value;
        Assert.Equal(_node.Table.Closest(Target, 8), CompactAddresses.ReadNodes(nodes.Span, AddressFamily.InterNetwork, 100));
    }

    [Fact]
    public void AnnouncedPeer_IsHandedOut()
    {
        _node.Ask(KrpcQuery.AnnouncePeer(Target, 4000, _node.Token()));
        var other = DhtTestData.PublicPeer(8, 5000);
        _node.Ask(KrpcQuery.AnnouncePeer(Target, null, _node.Token(other)), other);
        var values = _node.Ask(KrpcQuery.GetPeers(Target)).Body!.FindList("values"u8)!.Items
            .Select(value => CompactAddresses.ReadPeer(((BencodeString)value).Bytes.Span)!);
        Assert.Equal([new IPEndPoint(ResponderBuilder.Caller.Address, 4000), other], values.ToHashSet());
    }

    [Fact]
    public void AnnounceOfAnAddressThatHasHadItsShare_IsRefused()
    {
        foreach (var port in Enumerable.Range(4001, DhtLimits.PeersPerAddress))
        {
            Assert.Equal(KrpcKind.Reply, _node.Ask(KrpcQuery.AnnouncePeer(Target, port, _node.Token())).Kind);
        }
        Assert.Equal(202, _node.Ask(KrpcQuery.AnnouncePeer(Target, 4000, _node.Token())).ErrorCode);
        Assert.Equal(KrpcKind.Reply, _node.Ask(KrpcQuery.AnnouncePeer(Target, 4001, _node.Token())).Kind);
    }

    [Fact]
    public void AnnounceWithoutGoodToken_StoresNothing()
    {
        var foreign = _node.Token(DhtTestData.PublicPeer(9));
        foreach (var token in new ReadOnlyMemory<byte>[] { default, new byte[8], foreign })
        {
            Assert.Equal(203, _node.Ask(KrpcQuery.AnnouncePeer(Target, 4000, token)).ErrorCode);
            Assert.Equal(203, _node.Ask(KrpcQuery.PutImmutable("1:a"u8.ToArray(), token)).ErrorCode);
        }
        Assert.Equal((0, 0), (_node.Peers.PeerCount, _node.Items.Count));
    }

    [Fact]
    public void TokenAfterItsKeyHasGone_IsRefused()
    {
        var token = _node.Token();
        _node.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(KrpcKind.Reply, _node.Ask(KrpcQuery.AnnouncePeer(Target, 4000, token)).Kind);
        _node.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(203, _node.Ask(KrpcQuery.AnnouncePeer(Target, 4000, token)).ErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65536)]
    public void ImpossiblePort_IsRefused(int port) =>
        Assert.Equal(203, _node.Ask(KrpcQuery.AnnouncePeer(Target, port, _node.Token())).ErrorCode);

    [Fact]
    public void PeerThatNobodyMayDial_IsNotStored()
    {
        _node.Ask(KrpcQuery.AnnouncePeer(Target, 25, _node.Token()));
        Assert.Equal(0, _node.Peers.PeerCount);
    }

    [Fact]
    public void CrowdedSwarm_FitsOneAnswer()
    {
        for (var i = 0; i < 500; i++)
        {
            _node.Peers.Add(new InfoHash(Target.Span), DhtTestData.PublicPeer(i));
            _node.Table.Confirm(new DhtContact(DhtNodeId.CreateRandom(), DhtTestData.PublicPeer(i)));
        }
        var answer = _node.Ask(KrpcQuery.GetPeers(Target));
        Assert.InRange(answer.Body!.FindList("values"u8)!.Items.Count, 90, 100);
        Assert.Equal(8 * 26, answer.Body!.FindString("nodes"u8)!.Value.Length);
        Assert.InRange(_node.AnswerBytes, 900, DhtLimits.AnswerBytes);
    }

    [Fact]
    public void UnknownMethod_IsRefusedAsSuch()
    {
        var query = KrpcParser.TryParse("d1:ad2:id20:abcdefghij0123456789e1:q4:vote1:t2:aa1:y1:qe"u8.ToArray())!;
        var answer = KrpcParser.TryParse(_node.Responder.Answer(query, ResponderBuilder.Caller))!;
        Assert.Equal(204, answer.ErrorCode);
        Assert.Equal("aa"u8.ToArray(), answer.TransactionId.ToArray());
    }

    [Fact]
    public void MissingTarget_IsRefused()
    {
        foreach (var method in new[] { KrpcMethod.FindNode, KrpcMethod.GetPeers, KrpcMethod.AnnouncePeer, KrpcMethod.Get, KrpcMethod.Put })
        {
            Assert.Equal(203, _node.Ask(new KrpcQuery(method, static _ => { })).ErrorCode);
        }
    }
}
