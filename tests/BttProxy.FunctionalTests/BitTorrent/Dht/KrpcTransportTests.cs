using System.Net;
using System.Net.Sockets;
using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Dht;

public sealed class KrpcTransportTests : IAsyncLifetime
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly DhtNodeId PeerId = DhtNodeId.Hash("peer"u8);
    private readonly UdpPeer _peer = new();
    private readonly UdpPeer _stranger = new();
    private readonly RecordingHandler _handler = new();
    private readonly KrpcTransport _transport;

    public KrpcTransportTests() => _transport = Create(DhtNetwork.Guard, readOnly: false);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _transport.Start(AnyPort);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        _peer.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task ReplyFromAnotherAddressOrWithAnotherId_IsNotTaken()
    {
        var asking = Ask();
        var query = await _peer.NextAsync();
        var genuine = UdpPeer.Reply(query, PeerId, _transport.LocalEndPoint);
        await _stranger.SendAsync(genuine, _transport.LocalEndPoint);
        var guessed = new KrpcMessage { Kind = KrpcKind.Query, TransactionId = "abcd"u8.ToArray() };
        await _peer.SendAsync(UdpPeer.Reply(guessed, PeerId, _transport.LocalEndPoint), _transport.LocalEndPoint);
        await Eventually.IsTrueAsync(() => _transport.Received == 2);
        Assert.False(asking.IsCompleted);
        Assert.Equal(0, _handler.Replies);

        await _peer.SendAsync(genuine, _transport.LocalEndPoint);
        Assert.Equal(PeerId, (await asking)?.Sender);
        await _peer.SendAsync(genuine, _transport.LocalEndPoint);
        await Eventually.IsTrueAsync(() => _transport.Received == 4);
        Assert.Equal(1, _handler.Replies);
    }

    [Fact]
    public async Task TransactionIds_AreFourUnpredictableBytes()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 10; i++)
        {
            var asking = Ask();
            var query = await _peer.NextAsync();
            Assert.Equal(4, query.TransactionId.Length);
            ids.Add(Convert.ToHexString(query.TransactionId.Span));
            await _peer.SendAsync(UdpPeer.Reply(query, PeerId, _transport.LocalEndPoint), _transport.LocalEndPoint);
            await asking;
        }
        Assert.Equal(10, ids.Count);
    }

    [Fact]
    public async Task HostileDatagrams_AreDroppedAndTheNextIsAnswered()
    {
        byte[][] hostile =
        [
            new byte[60_000],
            Encoding.ASCII.GetBytes(new string('l', 60_000)),
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("d1:a", 900))),
            [],
            "d1:y1:qe"u8.ToArray(),
        ];
        foreach (var datagram in hostile)
        {
            await _peer.SendAsync(datagram, _transport.LocalEndPoint);
        }
        await _peer.SendAsync("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"u8.ToArray(), _transport.LocalEndPoint);
        Assert.Equal("aa"u8.ToArray(), (await _peer.NextAsync()).TransactionId.ToArray());
    }

    [Fact]
    public async Task HandlerThatThrows_DoesNotStopTheLoop()
    {
        _handler.Throws = true;
        await _peer.SendAsync("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"u8.ToArray(), _transport.LocalEndPoint);
        await Eventually.IsTrueAsync(() => _handler.Queries == 1);
        _handler.Throws = false;
        await _peer.SendAsync("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:bb1:y1:qe"u8.ToArray(), _transport.LocalEndPoint);
        Assert.Equal("bb"u8.ToArray(), (await _peer.NextAsync()).TransactionId.ToArray());
    }

    [Fact]
    public async Task Flood_IsNotAnsweredBeyondTheBudget()
    {
        for (var i = 0; i < 1000; i++)
        {
            await _peer.SendAsync("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"u8.ToArray(), _transport.LocalEndPoint);
        }
        await _stranger.SendAsync("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:bb1:y1:qe"u8.ToArray(), _transport.LocalEndPoint);
        await _stranger.NextAsync();
        Assert.InRange(_handler.Queries, 2, 500);
    }

    [Fact]
    public async Task ReadOnlyNode_StaysSilent()
    {
        await using var silent = Create(DhtNetwork.Guard, readOnly: true);
        silent.Start(AnyPort);
        await _peer.SendAsync("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"u8.ToArray(), silent.LocalEndPoint);
        await Eventually.IsTrueAsync(() => silent.Received == 1);
        var asking = silent.QueryAsync(_peer.EndPoint, KrpcQuery.Ping(), DhtLimits.HardTimeout, Cancellation);
        var query = await _peer.NextAsync();
        Assert.True(query.IsReadOnly);
        Assert.Equal(0, _handler.Queries);
        await _peer.SendAsync(UdpPeer.Reply(query, PeerId, silent.LocalEndPoint), silent.LocalEndPoint);
        await asking;
    }

    [Fact]
    public async Task AddressThatTheGuardDenies_GetsNoPacket()
    {
        await using var guarded = Create(new ConnectGuard(new ConnectGuardOptions()), readOnly: false);
        guarded.Start(AnyPort);
        Assert.Null(await guarded.QueryAsync(_peer.EndPoint, KrpcQuery.Ping(), DhtLimits.HardTimeout, Cancellation));
        await _stranger.SendAsync("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"u8.ToArray(), guarded.LocalEndPoint);
        await Eventually.IsTrueAsync(() => guarded.Received == 1);
        Assert.Equal(0, _handler.Queries);
    }

    private Task<KrpcMessage?> Ask() => _transport.QueryAsync(_peer.EndPoint, KrpcQuery.Ping(), DhtLimits.HardTimeout, Cancellation);

    private KrpcTransport Create(ConnectGuard guard, bool readOnly) => new(
        new DhtNodeOptions { ListenEndPoint = AnyPort, Guard = guard, ReadOnly = readOnly },
        new UdpDatagramSocket(AddressFamily.InterNetwork),
        _handler,
        new AddressRules(guard),
        TimeProvider.System,
        NullLogger<KrpcTransport>.Instance);

    private sealed class RecordingHandler : IKrpcHandler
    {
        public DhtNodeId OwnId { get; } = DhtNodeId.Hash("own"u8);

        public int Queries { get; private set; }

        public int Replies { get; private set; }

        public bool Throws { get; set; }

        public ReadOnlyMemory<byte> OnQuery(KrpcMessage query, IPEndPoint remote)
        {
            Queries++;
            return Throws ? throw new InvalidOperationException("a fault of ours") : UdpPeer.Reply(query, OwnId, remote);
        }

        public void OnReply(KrpcMessage reply, IPEndPoint remote) => Replies++;
    }
}
