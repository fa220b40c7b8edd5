using System.Net;
using System.Text;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class KrpcParserTests
{
    private const string Id = "abcdefghij0123456789";

    // The example messages of BEP 5, and what BEP 42, 43 and 44 add to them.
    private static readonly string[] Examples =
    [
        $"d1:ad2:id20:{Id}e1:q4:ping1:t2:aa1:y1:qe",
        $"d1:ad2:id20:{Id}6:target20:mnopqrstuvwxyz123456e1:q9:find_node2:roi1e1:t2:aa1:y1:qe",
        $"d1:ad2:id20:{Id}9:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
        $"d1:ad2:id20:{Id}12:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
        $"d1:ad2:id20:{Id}6:target20:mnopqrstuvwxyz123456e1:q3:get1:t2:aa1:y1:qe",
        $"d1:ad3:casi1e2:id20:{Id}1:k32:{new string('k', 32)}4:salt6:foobar3:seqi4e3:sig64:{new string('s', 64)}5:token8:aoeusnth1:v12:Hello World!e1:q3:put1:t2:aa1:y1:qe",
        $"d2:ip6:abcdef1:rd2:id20:{Id}5:nodes26:{Id}abcdef5:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t4:aaaa1:y1:re",
        "d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee",
    ];

    [Fact]
    public void Examples_AreRead()
    {
        var read = Examples.Select(example => KrpcParser.TryParse(Encoding.ASCII.GetBytes(example))!).ToList();
        Assert.Equal(
            [KrpcMethod.Ping, KrpcMethod.FindNode, KrpcMethod.GetPeers, KrpcMethod.AnnouncePeer, KrpcMethod.Get, KrpcMethod.Put],
            read.Take(6).Select(message => message.Method));
        Assert.True(read[1].IsReadOnly);
        Assert.Equal(KrpcKind.Reply, read[6].Kind);
        Assert.Equal(IPAddress.Parse("97.98.99.100"), read[6].YourAddress);
        Assert.Equal(201, read[7].ErrorCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("le")]
    [InlineData("de")]
    [InlineData("d1:t2:aa1:y1:qe")]
    [InlineData("d1:q4:ping1:t2:aa1:y1:qe")]
    [InlineData("d1:ad2:id19:abcdefghij012345678e1:q4:ping1:t2:aa1:y1:qe")]
    [InlineData("d1:ade1:q4:ping1:t2:aa1:y1:qe")]
    [InlineData("d1:ale1:q4:ping1:t2:aa1:y1:qe")]
    [InlineData("d1:rde1:t2:aa1:y1:re")]
    [InlineData("d1:rd2:id20:abcdefghij0123456789e1:ti1e1:y1:re")]
    [InlineData("d1:rd2:id20:abcdefghij0123456789e1:t0:1:y1:re")]
    [InlineData("d1:rd2:id20:abcdefghij0123456789e1:t2:aa1:y1:xe")]
    [InlineData("d1:rd2:id20:abcdefghij0123456789e1:t2:aa1:y2:rre")]
    public void MalformedMessage_IsDropped(string text) => Assert.Null(KrpcParser.TryParse(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void OverlongTransactionId_IsDropped() =>
        Assert.Null(KrpcParser.TryParse(Encoding.ASCII.GetBytes($"d1:ad2:id20:{Id}e1:q4:ping1:t33:{new string('t', 33)}1:y1:qe")));

    [Fact]
    public void MutatedMessages_AreReadAndAnsweredOrDropped()
    {
        var random = new Random(44);
        var node = new ResponderBuilder();
        var seeds = Examples.Select(Encoding.ASCII.GetBytes).ToArray();
        var answered = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var message = KrpcParser.TryParse(Mutate(seeds[random.Next(seeds.Length)], random));
            if (message is { Kind: KrpcKind.Query })
            {
                Assert.False(node.Responder.Answer(message, DhtTestData.PublicPeer(i)).IsEmpty);
                answered++;
            }
            else if (message is { Kind: KrpcKind.Reply, Body: { } body })
            {
                MutableItemVotes.Read(body, default);
                CompactAddresses.ReadNodes((body.FindString("nodes"u8) ?? default).Span, System.Net.Sockets.AddressFamily.InterNetwork, 8);
            }
        }
        Assert.InRange(answered, 1000, 99_000);
        Assert.Equal(0, node.Peers.PeerCount);
        Assert.Equal(0, node.Items.Count);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var change = random.Next(4); change > 0 && bytes.Count > 1; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = "ilde0123456789:-"u8[random.Next(16)];
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, seed.Skip(random.Next(seed.Length)).Take(random.Next(30)));
                    break;
            }
        }
        return [.. bytes];
    }
}
