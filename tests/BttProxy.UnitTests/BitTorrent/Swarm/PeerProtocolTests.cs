using System.Buffers.Binary;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class PeerProtocolTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackgroundTasks _tasks = new();
    private readonly TorrentInfo _info = SwarmFixtures.Info(8);
    private TorrentState _torrent = null!;
    private PeerProtocol _protocol = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new SwarmOptions { Directory = _folder.Path, ConnectGuard = new ConnectGuard(new ConnectGuardOptions()) };
        var context = new SwarmContext(options, new FakeTimeProvider(), NullLogger.Instance, new SwarmMetrics(factory: null), _tasks);
        _torrent = new TorrentState(_info.InfoHash, context);
        var store = await PieceStore.OpenAsync(
            _info, new PieceStoreOptions { Directory = _folder.Path }, TestContext.Current.CancellationToken);
        _torrent.Open(_info, store);
        _torrent.Schedule!.WantsAll = true;
        _protocol = new PeerProtocol(_torrent);
    }

    public async ValueTask DisposeAsync()
    {
        await _torrent.Store!.DisposeAsync();
        await _tasks.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void PeerWithPieces_IsAskedAtOnceWhenItLetsUsIn()
    {
        var peer = Connect();
        Assert.Equal(DropReason.None, Process(peer, PeerMessageId.HaveAll));
        Assert.True(peer.AmInterested);
        Assert.Equal(0, peer.Requests.Count);
        Assert.Equal(DropReason.None, Process(peer, PeerMessageId.Unchoke));
        Assert.Equal(RequestPipeline.InitialDepth, peer.Requests.Count);
    }

    [Fact]
    public void Choke_PutsRequestsBackForOthers()
    {
        var (first, second) = (Connect(), Connect());
        Process(first, PeerMessageId.HaveAll);
        Process(first, PeerMessageId.Unchoke);
        var asked = first.Requests.Count;
        Process(first, PeerMessageId.Choke);
        Assert.Equal(0, first.Requests.Count);
        Process(second, PeerMessageId.HaveAll);
        Process(second, PeerMessageId.Unchoke);
        Assert.Equal(asked, second.Requests.Count);
    }

    [Fact]
    public void BitfieldInMidSession_ReplacesWhatWasTold()
    {
        var peer = Connect();
        Process(peer, PeerMessageId.HaveNone);
        Assert.False(peer.AmInterested);
        Process(peer, PeerMessageId.Bitfield, 0x81);
        Assert.True(peer.AmInterested);
        Assert.Equal(2, peer.Have!.Count);
    }

    [Fact]
    public void MessagesCutAnywhere_AreTheSame()
    {
        byte[] stream = [.. Frame(PeerMessageId.HaveAll), 0, 0, 0, 0, .. Frame(PeerMessageId.Unchoke), .. Frame(PeerMessageId.Have, 0, 0, 0, 1)];
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var peer = Connect();
            Assert.Equal(DropReason.None, _protocol.Process(peer, stream.AsSpan(0, cut), out var consumed));
            Assert.Equal(DropReason.None, _protocol.Process(peer, stream.AsSpan(consumed), out var rest));
            Assert.Equal(stream.Length, consumed + rest);
            Assert.Equal(RequestPipeline.InitialDepth, peer.Requests.Count);
            Disconnect(peer);
        }
    }

    [Fact]
    public void RandomFrames_NeverThrowAndNeverGrowWithoutBound()
    {
        var random = new Random(20261125);
        PeerMessageId[] ids = [.. Enum.GetValues<PeerMessageId>(), (PeerMessageId)99];
        var peer = Connect();
        for (var round = 0; round < 100_000; round++)
        {
            var payload = new byte[random.Next(4) switch { 0 => 0, 1 => 4, 2 => 12, _ => random.Next(40) }];
            random.NextBytes(payload);
            for (var i = 0; i + 4 <= payload.Length && round % 3 > 0; i += 4)
            {
                BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(i), random.Next(5) == 0 ? 16_384 : random.Next(9));
            }
            if (Process(peer, ids[random.Next(ids.Length)], payload) != DropReason.None)
            {
                Disconnect(peer);
                peer = Connect();
            }
            peer.Output.Clear();
            Assert.InRange(peer.Requests.Count, 0, 500);
            Assert.InRange(peer.Uploads.Count, 0, 500);
        }
        Assert.InRange(_torrent.Context.Memory.Used, 0, _info.Length);
    }

    private PeerSession Connect()
    {
        var peer = SwarmFixtures.Peer();
        peer.IsChokingUs = true;
        _torrent.Peers.Add(peer);
        return peer;
    }

    private void Disconnect(PeerSession peer)
    {
        _torrent.Slots.Remove(peer, now: 0);
        _torrent.Download.ReleaseAll(peer, sendCancels: false);
        _torrent.Peers.Remove(peer);
    }

    private DropReason Process(PeerSession peer, PeerMessageId id, params byte[] payload) => _protocol.Process(peer, Frame(id, payload), out _);

    private static byte[] Frame(PeerMessageId id, params byte[] payload)
    {
        var frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, 1 + payload.Length);
        frame[4] = (byte)id;
        payload.CopyTo(frame, 5);
        return frame;
    }
}
