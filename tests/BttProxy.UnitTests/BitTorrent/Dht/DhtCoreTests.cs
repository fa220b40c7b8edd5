using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class DhtCoreTests : IAsyncDisposable
{
    private static readonly IPAddress Ours = IPAddress.Parse("8.8.8.8");

    private readonly DhtCore _core = new(
        new DhtNodeOptions { ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0), Guard = new ConnectGuard(new ConnectGuardOptions()) },
        new UdpDatagramSocket(AddressFamily.InterNetwork),
        new FakeTimeProvider(),
        NullLoggerFactory.Instance);

    [Fact]
    public void NodeThatAsks_WaitsOutsideTheTable()
    {
        _core.OnQuery(Query(isReadOnly: false), DhtTestData.PublicPeer(1));
        Assert.Equal(0, _core.Table.Count);
        Assert.True(_core.Strangers.TryRead(out var stranger));
        Assert.Equal(DhtTestData.PublicPeer(1), stranger.EndPoint);
    }

    [Fact]
    public void ReadOnlyNodeThatAsks_IsAnsweredAndForgotten()
    {
        Assert.False(_core.OnQuery(Query(isReadOnly: true), DhtTestData.PublicPeer(1)).IsEmpty);
        Assert.False(_core.Strangers.TryRead(out _));
    }

    [Fact]
    public void ManyNodesThatAsk_AreBounded()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _core.OnQuery(Query(isReadOnly: false), DhtTestData.PublicPeer(i));
        }
        var waiting = 0;
        while (_core.Strangers.TryRead(out _))
        {
            waiting++;
        }
        Assert.InRange(waiting, 1, 256);
    }

    [Fact]
    public void ExternalAddressOnceAgreedOn_GivesTheIdOnce()
    {
        var first = _core.OwnId;
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(first, _core.OwnId);
            _core.OnReply(Reply(Ours), DhtTestData.PublicPeer(i));
        }
        var second = _core.OwnId;
        Assert.True(SecureNodeId.Matches(second, Ours));
        Assert.Equal(8, _core.Table.Count);
        for (var i = 100; i < 140; i++)
        {
            _core.OnReply(Reply(IPAddress.Parse("9.9.9.9")), DhtTestData.PublicPeer(i));
        }
        Assert.Equal(second, _core.OwnId);
    }

    public async ValueTask DisposeAsync() => await _core.Transport.DisposeAsync();

    private static KrpcMessage Query(bool isReadOnly) => new()
    {
        Kind = KrpcKind.Query,
        TransactionId = "aa"u8.ToArray(),
        Method = KrpcMethod.Ping,
        Sender = DhtNodeId.CreateRandom(),
        IsReadOnly = isReadOnly,
    };

    private static KrpcMessage Reply(IPAddress yourAddress) => new()
    {
        Kind = KrpcKind.Reply,
        TransactionId = "aaaa"u8.ToArray(),
        Sender = DhtNodeId.CreateRandom(),
        YourAddress = yourAddress,
    };
}
