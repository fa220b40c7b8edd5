using System.Text;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class KrpcEncoderTests
{
    private static readonly DhtNodeId Own = new(Encoding.ASCII.GetBytes("abcdefghij0123456789"));
    private static readonly DhtNodeId Target = new(Encoding.ASCII.GetBytes("mnopqrstuvwxyz123456"));

    [Fact]
    public void Queries_HaveTheFormOfTheirSpecification()
    {
        Check(KrpcQuery.Ping(), "d1:ad2:id20:abcdefghij0123456789e1:q4:ping");
        Check(KrpcQuery.FindNode(Target), "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node");
        Check(KrpcQuery.GetPeers(Target), "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers");
        Check(
            KrpcQuery.AnnouncePeer(Target, 6881, "aoeusnth"u8.ToArray()),
            "d1:ad2:id20:abcdefghij012345678912:implied_porti0e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer");
        Check(
            KrpcQuery.PutImmutable("12:Hello World!"u8.ToArray(), "aoeusnth"u8.ToArray()),
            "d1:ad2:id20:abcdefghij01234567895:token8:aoeusnth1:v12:Hello World!e1:q3:put");
    }

    private static void Check(KrpcQuery query, string start)
    {
        const string tail = "1:t4:\u0001\u0002\u0003\u00041:v4:BP\u0000\u00011:y1:qe";
        Assert.Equal(start + tail, Encoding.Latin1.GetString(KrpcEncoder.EncodeQuery(0x01020304, query, Own, readOnly: false).Span));
        Assert.Equal(start + "2:roi1e" + tail, Encoding.Latin1.GetString(KrpcEncoder.EncodeQuery(0x01020304, query, Own, readOnly: true).Span));
    }
}
