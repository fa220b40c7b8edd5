using System.Text;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;
using NSec.Cryptography;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class QueryResponderPutTests : IDisposable
{
    private static readonly byte[] Salt = "r1"u8.ToArray();
    private readonly ResponderBuilder _node = new();
    private readonly Key _key = Key.Create(SignatureAlgorithm.Ed25519);

    [Fact]
    public void ImmutableItem_IsStoredUnderItsHash()
    {
        Assert.Equal(KrpcKind.Reply, _node.Ask(KrpcQuery.PutImmutable("12:Hello World!"u8.ToArray(), _node.Token())).Kind);
        var target = new DhtNodeId(Convert.FromHexString("e5f96f6f38320f0f33959cb4d3d656452117aadb"));
        var answer = _node.Ask(KrpcQuery.Get(target)).Body!;
        Assert.Equal("12:Hello World!"u8.ToArray(), answer.Find("v"u8)!.Raw.ToArray());
        Assert.Null(answer.Find("k"u8));
    }

    [Fact]
    public void MutableItem_IsStoredAndReadWithItsSignature()
    {
        var item = Item(7, "seven");
        Assert.Equal(0, Put(item));
        var read = MutableItemVotes.Read(_node.Ask(KrpcQuery.Get(item.Target)).Body!, Salt);
        Assert.Equal((7, "seven"), (read!.Seq, Encoding.ASCII.GetString(read.Value.Span)));
    }

    [Theory]
    [InlineData(6, "six", 302)]
    [InlineData(7, "other", 302)]
    [InlineData(7, "seven", 0)]
    [InlineData(8, "eight", 0)]
    public void Sequence_NeverGoesBack(long seq, string value, int expected)
    {
        Put(Item(7, "seven"));
        Assert.Equal(expected, Put(Item(seq, value)));
        Assert.Equal(Math.Max(7, seq), _node.Items.Find(Item(1, "").Target)!.Signed!.Seq);
    }

    [Theory]
    [InlineData(7, 0)]
    [InlineData(6, 301)]
    [InlineData(8, 301)]
    public void Cas_MustNameTheStoredSequence(long cas, int expected)
    {
        Put(Item(7, "seven"));
        Assert.Equal(expected, Put(Item(9, "nine"), cas));
    }

    [Fact]
    public void CasOnAnEmptyPlace_IsTaken() => Assert.Equal(0, Put(Item(9, "nine"), 5));

    [Fact]
    public void BadSignature_IsRefused()
    {
        var item = Item(7, "seven");
        Assert.Equal(206, Put(new DhtMutableItem(item.PublicKey, item.Salt, 8, item.BencodedValue, item.Signature)));
        Assert.Equal(206, Put(new DhtMutableItem(item.PublicKey, "r2"u8.ToArray(), 7, item.BencodedValue, item.Signature)));
        Assert.Equal(0, _node.Items.Count);
    }

    [Fact]
    public void OversizedParts_AreRefused()
    {
        var item = Item(7, "seven");
        Assert.Equal(207, Put(new DhtMutableItem(item.PublicKey, new byte[65], 7, item.BencodedValue, item.Signature)));
        var tooBig = Encoding.ASCII.GetBytes("997:" + new string('x', 997));
        Assert.Equal(205, Put(new DhtMutableItem(item.PublicKey, Salt, 7, tooBig, item.Signature)));
        Assert.Equal(205, (int)_node.Ask(KrpcQuery.PutImmutable(tooBig, _node.Token())).ErrorCode);
        Assert.Equal(0, _node.Items.Count);
    }

    [Fact]
    public void ValueInAnotherOrder_IsRefused() =>
        Assert.Equal(203, _node.Ask(KrpcQuery.PutImmutable("d1:bi1e1:ai1ee"u8.ToArray(), _node.Token())).ErrorCode);

    [Fact]
    public void GetWithKnownSequence_LeavesTheValueOut()
    {
        var item = Item(7, "seven");
        Put(item);
        BencodeDictionary Get(long seq) => _node.Ask(new KrpcQuery(KrpcMethod.Get, writer =>
        {
            writer.WriteEntry("seq"u8, seq);
            writer.WriteEntry("target"u8, item.Target.Span);
        })).Body!;
        Assert.Null(Get(7).Find("v"u8));
        Assert.Equal(7, Get(7).FindInteger("seq"u8));
        Assert.NotNull(Get(6).Find("v"u8));
    }

    [Fact]
    public void ServedItem_WinsOverAStoredOneAndMayBeWithdrawn()
    {
        var target = DhtNodeId.Hash("bttproxy-self|1"u8);
        DhtMutableItem? current = Item(3, "own");
        _node.Responder.Serve(target, () => current);
        Assert.Equal(3, MutableItemVotes.Read(_node.Ask(KrpcQuery.Get(target)).Body!, Salt)?.Seq);
        current = null;
        Assert.Null(_node.Ask(KrpcQuery.Get(target)).Body!.Find("v"u8));
    }

    [Fact]
    public void LargestItem_FitsOnePacket()
    {
        for (var i = 0; i < 30; i++)
        {
            _node.Table.Confirm(new DhtContact(DhtNodeId.CreateRandom(), DhtTestData.PublicPeer(i)));
        }
        var item = Item(long.MaxValue, new string('x', 996));
        Assert.Equal(0, Put(item));
        Assert.NotNull(_node.Ask(KrpcQuery.Get(item.Target)).Body!.Find("v"u8));
        Assert.InRange(_node.AnswerBytes, 1000, 1300);
        var usual = Item(long.MaxValue, new string('x', 350));
        _node.Responder.Serve(DhtTestData.Id(9), () => usual);
        _node.Ask(KrpcQuery.Get(DhtTestData.Id(9)));
        Assert.InRange(_node.AnswerBytes, 700, DhtLimits.AnswerBytes);
    }

    public void Dispose() => _key.Dispose();

    private DhtMutableItem Item(long seq, string value) => DhtMutableItem.Sign(_key, Salt, seq, Encoding.ASCII.GetBytes(value));

    private int Put(DhtMutableItem item, long? cas = null) => (int)_node.Ask(KrpcQuery.PutMutable(item, cas, _node.Token())).ErrorCode;
}
