using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

/// <summary>A responder of the public network with its stores, and a caller that speaks to it in datagrams.</summary>
internal sealed class ResponderBuilder
{
    public static readonly IPEndPoint Caller = DhtTestData.PublicPeer(7);
    private static readonly DhtNodeId CallerId = DhtTestData.Id(0x70);

    public ResponderBuilder()
    {
        Table = new RoutingTable(DhtTestData.Id(0), DhtTestData.PublicRules, Time);
        Peers = new PeerStore(DhtTestData.PublicRules, Time);
        Items = new ItemStore(DhtTestData.PublicRules, Time);
        Responder = new QueryResponder(Table, new WriteTokens(Time), Peers, Items, DhtTestData.PublicRules, AddressFamily.InterNetwork);
    }

    public FakeTimeProvider Time { get; } = new();

    public RoutingTable Table { get; }

    public PeerStore Peers { get; }

    public ItemStore Items { get; }

    public QueryResponder Responder { get; }

    public int AnswerBytes { get; private set; }

    /// <summary>Sends the query as bytes and reads the answer as bytes, strictly.</summary>
    public KrpcMessage Ask(KrpcQuery query, IPEndPoint? from = null)
    {
        var message = KrpcParser.TryParse(KrpcEncoder.EncodeQuery(1, query, CallerId, readOnly: false));
        Assert.NotNull(message);
        var answer = Responder.Answer(message, from ?? Caller);
        AnswerBytes = answer.Length;
        Assert.Equal(BencodeError.None, Bencode.TryParse(answer, out _));
        return KrpcParser.TryParse(answer)!;
    }

    public ReadOnlyMemory<byte> Token(IPEndPoint? from = null) =>
        Ask(KrpcQuery.Get(DhtTestData.Id(1)), from).Body!.FindString("token"u8)!.Value;
}
