using System.Text;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Peers that lie, stall or flood lose their connection; the download goes on from an honest one.</summary>
public sealed class HostilePeerTests : IAsyncDisposable
{
    private readonly SwarmWorld _world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task BadDataAlone_IsBannedAtTheFirstPiece()
    {
        var info = await CreateAsync();
        await using var liar = RawPeer.Start(connection => connection.ServeAsync(
            request => connection.SendPieceAsync(request.Piece, request.Begin, new byte[request.Length])));
        var torrent = await StartAsync(info, liar);
        await SwarmWorld.UntilAsync(() => torrent.Totals.HashFailedBytes > 0 && torrent.PeerCount == 0, "ban");

        await FinishAsync(torrent, info);
        Assert.Equal(1, liar.Connections);
    }

    [Fact]
    public async Task OneBadBlockAmongGoodOnes_IsBlamedOnItsSource()
    {
        var info = await CreateAsync();
        var content = await _world.ReadContentAsync(info);
        await using var honest = RawPeer.Start(connection => connection.ServeAsync(async request =>
        {
            await Task.Delay(5, connection.Cancel);
            await connection.SendPieceAsync(request.Piece, request.Begin, Block(content, info, request));
        }));
        await using var liar = RawPeer.Start(connection => connection.ServeAsync(async request =>
        {
            await Task.Delay(5, connection.Cancel);
            var block = Block(content, info, request);
            block[7] ^= (byte)(request.Begin == 0 ? 1 : 0);
            await connection.SendPieceAsync(request.Piece, request.Begin, block);
        }));
        var torrent = await StartAsync(info, liar);
        torrent.AddPeer(honest.EndPoint);

        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "download");
        Assert.Equal(1, honest.Connections);
        Assert.Equal(content, await SwarmWorld.ReadAsync(torrent, 0, info.Length));
    }

    [Theory]
    [InlineData("oversize")]
    [InlineData("garbage")]
    [InlineData("have out of range")]
    [InlineData("bitfield too long")]
    [InlineData("bitfields without end")]
    [InlineData("unrequested blocks")]
    [InlineData("block of the wrong size")]
    [InlineData("extension bomb")]
    [InlineData("bad choke")]
    public async Task ImpossibleMessage_EndsTheConnection(string attack)
    {
        var info = await CreateAsync();
        var closed = new TaskCompletionSource<bool>();
        await using var attacker = RawPeer.Start(async connection =>
        {
            await connection.HandshakeAsync();
            await AttackAsync(attack, connection, info);
            closed.TrySetResult(await connection.IsClosedAsync());
        });
        var torrent = await StartAsync(info, attacker);

        Assert.True(await closed.Task);
        await FinishAsync(torrent, info);
    }

    [Theory]
    [InlineData("no handshake")]
    [InlineData("half a handshake")]
    [InlineData("never unchokes")]
    [InlineData("takes requests and sends nothing")]
    [InlineData("chokes after the first block")]
    public async Task PeerThatStalls_DoesNotHoldUpTheDownload(string attack)
    {
        var info = await CreateAsync();
        var content = await _world.ReadContentAsync(info);
        await using var staller = RawPeer.Start(connection => StallAsync(attack, connection, info, content));
        var torrent = await StartAsync(info, staller);
        await SwarmWorld.UntilAsync(() => staller.Connections > 0, "dial");

        await FinishAsync(torrent, info);
    }

    [Theory]
    [InlineData("wrong bytes")]
    [InlineData("rejects")]
    [InlineData("huge size")]
    [InlineData("silence")]
    public async Task BadMetadata_IsFetchedFromAnother(string attack)
    {
        var info = await CreateAsync();
        var requests = 0;
        await using var liar = RawPeer.Start(async connection =>
        {
            await connection.HandshakeAsync();
            await connection.SendAsync(PeerMessageId.HaveAll);
            var size = attack == "huge size" ? int.MaxValue : info.RawBytes.Length;
            await connection.SendAsync(PeerMessageId.Extended, [0, .. new ExtensionHandshake(9, size, 250, null).Write()]);
            while (true)
            {
                var payload = await connection.ReadAsync(PeerMessageId.Extended);
                if (payload[0] == 9 && MetadataMessage.TryParse(payload.AsSpan(1), out var message))
                {
                    Interlocked.Increment(ref requests);
                    await AnswerMetadataAsync(attack, connection, message, size);
                }
            }
        });
        var leecher = await _world.StartEngineAsync("leech");
        var torrent = leecher.Add(info.InfoHash, [liar.EndPoint]);
        await SwarmWorld.UntilAsync(() => liar.Connections > 0, "dial");

        torrent.AddPeer((await _world.StartSeederAsync(info)).LocalEndPoint);
        Assert.Equal(info.InfoHash, (await torrent.MetadataAsync(Cancel)).InfoHash);
        Assert.InRange(requests, 0, 10);
    }

    [Theory]
    [InlineData("request past the end")]
    [InlineData("request of nothing")]
    [InlineData("request too long")]
    [InlineData("oversize")]
    [InlineData("garbage")]
    public async Task HostileDownloader_LosesItsConnection(string attack)
    {
        var info = await CreateAsync();
        var seeder = await _world.StartSeederAsync(info);
        var connection = await RawPeer.ConnectAsync(seeder.LocalEndPoint, info.InfoHash);
        await connection.ReadHandshakeAsync();
        await connection.SendAsync(PeerMessageId.Interested);
        await connection.ReadAsync(PeerMessageId.Unchoke);
        await AttackAsync(attack, connection, info);

        Assert.True(await connection.IsClosedAsync());
    }

    [Fact]
    public async Task OwnAddress_IsDialledOnce()
    {
        var info = await CreateAsync();
        var engine = await _world.StartEngineAsync("leech");
        var torrent = engine.Add(info, [engine.LocalEndPoint]);
        await FinishAsync(torrent, info);
    }

    private static async Task AttackAsync(string attack, RawConnection connection, TorrentInfo info)
    {
        switch (attack)
        {
            case "oversize":
                await connection.Stream.WriteAsync(new byte[] { 0x7f, 0xff, 0xff, 0xff, 7 }, connection.Cancel);
                break;
            case "garbage":
                var garbage = new byte[100_000];
                new Random(1).NextBytes(garbage);
                await connection.Stream.WriteAsync(garbage, connection.Cancel);
                break;
            case "have out of range":
                await connection.SendNumbersAsync(PeerMessageId.Have, info.PieceCount);
                break;
            case "bitfield too long":
                await connection.SendAsync(PeerMessageId.Bitfield, new byte[100_000]);
                break;
            case "bitfields without end":
                for (var i = 0; i < 1100; i++)
                {
                    await connection.SendAsync(PeerMessageId.Bitfield, new byte[(info.PieceCount + 7) / 8]);
                }
                break;
            case "unrequested blocks":
                for (var i = 0; i < 20; i++)
                {
                    await connection.SendPieceAsync(0, 0, new byte[16_384]);
                }
                break;
            case "block of the wrong size":
                await connection.SendAsync(PeerMessageId.HaveAll);
                await connection.SendAsync(PeerMessageId.Unchoke);
                BlockRequest.TryRead(await connection.ReadAsync(PeerMessageId.Request), out var request);
                await connection.SendPieceAsync(request.Piece, request.Begin, new byte[100]);
                break;
            case "extension bomb":
                await connection.SendAsync(PeerMessageId.Extended, [0, .. Encoding.ASCII.GetBytes(new string('l', 60_000))]);
                break;
            case "bad choke":
                await connection.SendAsync(PeerMessageId.Choke, new byte[1]);
                break;
            case "request past the end":
                await connection.SendNumbersAsync(PeerMessageId.Request, info.PieceCount - 1, info.PieceSize(info.PieceCount - 1), 16_384);
                break;
            case "request of nothing":
                await connection.SendNumbersAsync(PeerMessageId.Request, 0, 0, 0);
                break;
            case "request too long":
                await connection.SendNumbersAsync(PeerMessageId.Request, 0, 0, int.MaxValue);
                break;
        }
    }

    private static async Task StallAsync(string attack, RawConnection connection, TorrentInfo info, byte[] content)
    {
        switch (attack)
        {
            case "no handshake":
                await connection.IsClosedAsync();
                break;
            case "half a handshake":
                await connection.Stream.WriteAsync("\u0013BitTorrent prot"u8.ToArray(), connection.Cancel);
                await connection.IsClosedAsync();
                break;
            case "never unchokes":
                await connection.HandshakeAsync();
                await connection.SendAsync(PeerMessageId.HaveAll);
                await connection.IsClosedAsync();
                break;
            case "takes requests and sends nothing":
                await connection.ServeAsync(_ => Task.CompletedTask);
                break;
            case "chokes after the first block":
                await connection.ServeAsync(async request =>
                {
                    await connection.SendPieceAsync(request.Piece, request.Begin, Block(content, info, request));
                    await connection.SendAsync(PeerMessageId.Choke);
                });
                break;
        }
    }

    private static async Task AnswerMetadataAsync(string attack, RawConnection connection, MetadataMessage request, int size)
    {
        if (attack == "wrong bytes")
        {
            var data = new byte[Math.Min(MetadataMessage.BlockLength, size - (request.Piece * MetadataMessage.BlockLength))];
            var head = new MetadataMessage(MetadataMessageType.Data, request.Piece, size, 0).Write();
            await connection.SendAsync(PeerMessageId.Extended, [MetadataMessage.LocalId, .. head, .. data]);
        }
        else if (attack == "rejects")
        {
            var head = new MetadataMessage(MetadataMessageType.Reject, request.Piece, 0, 0).Write();
            await connection.SendAsync(PeerMessageId.Extended, [MetadataMessage.LocalId, .. head]);
        }
    }

    private static byte[] Block(byte[] content, TorrentInfo info, BlockRequest request) =>
        content.AsSpan((request.Piece * info.PieceLength) + request.Begin, request.Length).ToArray();

    private Task<TorrentInfo> CreateAsync() => _world.CreateContentAsync("movie", 64 * 1024, ("m.mkv", 2_000_000));

    private async Task<Torrent> StartAsync(TorrentInfo info, RawPeer peer)
    {
        var engine = await _world.StartEngineAsync("leech", configure: options => options with
        {
            BlockTimeout = TimeSpan.FromMilliseconds(500),
            HandshakeTimeout = TimeSpan.FromSeconds(1),
        });
        var torrent = engine.Add(info, [peer.EndPoint]);
        torrent.DownloadAll();
        await torrent.MetadataAsync(Cancel);
        return torrent;
    }

    /// <summary>An honest seeder comes, and everything arrives.</summary>
    private async Task FinishAsync(Torrent torrent, TorrentInfo info)
    {
        torrent.DownloadAll();
        torrent.AddPeer((await _world.StartSeederAsync(info)).LocalEndPoint);
        await torrent.MetadataAsync(Cancel);
        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "download");
        Assert.Equal(await _world.ReadContentAsync(info), await SwarmWorld.ReadAsync(torrent, 0, info.Length));
    }
}
