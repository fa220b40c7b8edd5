using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Torrents of BitTorrent v2, and of v1 and v2 together (BEP 52).</summary>
public sealed class Version2Tests : IAsyncDisposable
{
    private readonly SwarmWorld _world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(TorrentVersion.V2, 16 * 1024)]
    [InlineData(TorrentVersion.V2, 1024 * 1024)]
    [InlineData(TorrentVersion.Hybrid, 64 * 1024)]
    public async Task MagnetLink_IsEnoughForEveryByte(TorrentVersion version, int pieceLength)
    {
        var info = await CreateAsync(version, pieceLength);
        var seeder = await _world.StartSeederAsync(info);
        var leecher = await _world.StartEngineAsync("leech");

        var torrent = leecher.Add(MagnetLink.Of(info), [seeder.LocalEndPoint]);
        torrent.DownloadAll();
        var received = await torrent.MetadataAsync(Cancel);
        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete && received.HasAllHashes, "download");

        foreach (var file in info.Files.Where(file => !file.IsPadding))
        {
            Assert.Equal(
                await File.ReadAllBytesAsync(_world[Path.Join(["content", .. file.Path])], Cancel),
                await File.ReadAllBytesAsync(_world[Path.Join(["leech", .. file.Path])], Cancel));
        }
        Assert.Equal(0, torrent.Totals.HashFailedBytes);
        Assert.Equal(await _world.ReadContentAsync(info), await SwarmWorld.ReadAsync(torrent, 0, info.Length));
    }

    [Fact]
    public async Task LeecherWithHashesFromPeers_GivesThemToOthersAndKeepsThem()
    {
        var info = await CreateAsync(TorrentVersion.V2, 16 * 1024);
        var seeder = await _world.StartSeederAsync(info);
        var first = await _world.StartEngineAsync("first", configure: options => options with { Layout = StorageLayout.ByIndex });
        var one = first.Add(info.InfoHash, [seeder.LocalEndPoint]);
        one.DownloadAll();
        await one.MetadataAsync(Cancel);
        await SwarmWorld.UntilAsync(() => one.Have!.IsComplete, "first download");
        await seeder.DisposeAsync();

        var two = (await _world.StartEngineAsync("second")).Add(info.InfoHash, [first.LocalEndPoint]);
        two.DownloadAll();
        await two.MetadataAsync(Cancel);
        await SwarmWorld.UntilAsync(() => two.Have!.IsComplete, "download from a leecher");
        await first.DisposeAsync();

        var again = await _world.StartEngineAsync("first", configure: options => options with { Layout = StorageLayout.ByIndex });
        var restarted = await again.Add(info.InfoHash).MetadataAsync(Cancel);
        Assert.True(restarted.HasAllHashes);
    }

    [Fact]
    public async Task HybridTorrent_IsOneTorrentInTwoSwarms()
    {
        var info = await CreateAsync(TorrentVersion.Hybrid, 64 * 1024);
        var seeder = await _world.StartSeederAsync(info);
        var version2 = info.InfoHashV2!.Value.Truncated;

        Assert.Equal(info.InfoHash, await AnswerAsync(seeder, info.InfoHash, version2: false));
        Assert.Equal(version2, await AnswerAsync(seeder, info.InfoHash, version2: true));
        Assert.Equal(version2, await AnswerAsync(seeder, version2, version2: false));
        Assert.Same(seeder.Add(info.InfoHash), seeder.Add(version2));
        await seeder.RemoveAsync(version2);
        Assert.Empty(seeder.Torrents);
    }

    [Fact]
    public async Task PeerThatKnowsOneInfoHashOnly_IsReachedByIt()
    {
        var info = await CreateAsync(TorrentVersion.Hybrid, 64 * 1024);
        var version2 = info.InfoHashV2!.Value.Truncated;
        await using var peer = RawPeer.Start(async connection =>
        {
            if ((await connection.ReadHandshakeAsync()).InfoHash == version2)
            {
                await connection.HandshakeAsync(version2);
                await connection.SendAsync(PeerMessageId.HaveAll);
                await connection.ReadAsync(PeerMessageId.HashRequest);
                await connection.IsClosedAsync();
            }
        });
        var leecher = await StartInClearAsync();
        var torrent = leecher.Add(TorrentInfo.Parse(info.RawBytes), [peer.EndPoint]);
        torrent.DownloadAll();

        await SwarmWorld.UntilAsync(() => torrent.PeerCount == 1, "a connection in the v2 swarm");
    }

    [Theory]
    [InlineData("wrong hashes")]
    [InlineData("short hashes")]
    [InlineData("more hashes than asked for")]
    [InlineData("rejects")]
    [InlineData("silence")]
    [InlineData("hashes nobody asked for")]
    [InlineData("impossible hashes")]
    public async Task BadHashes_AreFetchedFromAnother(string attack)
    {
        var info = await CreateAsync(TorrentVersion.V2, 16 * 1024);
        await using var liar = RawPeer.Start(async connection =>
        {
            await connection.HandshakeAsync();
            await connection.SendAsync(PeerMessageId.HaveAll);
            while (true)
            {
                var payload = await connection.ReadAsync(PeerMessageId.HashRequest);
                await AnswerHashesAsync(attack, connection, payload);
            }
        });
        var torrent = (await StartInClearAsync()).Add(TorrentInfo.Parse(info.RawBytes), [liar.EndPoint]);
        torrent.DownloadAll();
        await torrent.MetadataAsync(Cancel);
        await SwarmWorld.UntilAsync(() => liar.Connections > 0, "dial");

        torrent.AddPeer((await _world.StartSeederAsync(info)).LocalEndPoint);
        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "download");
        Assert.Equal(await _world.ReadContentAsync(info), await SwarmWorld.ReadAsync(torrent, 0, info.Length));
    }

    [Fact]
    public async Task HashRequestFlood_IsAnsweredInTurnAndRefusedBeyondTheQueue()
    {
        var info = await CreateAsync(TorrentVersion.V2, 16 * 1024);
        var seeder = await _world.StartSeederAsync(info);
        var connection = await RawPeer.ConnectAsync(seeder.LocalEndPoint, info.InfoHash);
        await connection.ReadHandshakeAsync();
        var request = new HashRequest(new InfoHashV2(info.Files[0].PiecesRoot.Span), 0, 0, 512, 9);
        var payload = new byte[HashRequest.EncodedLength];
        request.Write(payload);
        for (var i = 0; i < 200; i++)
        {
            await connection.SendAsync(PeerMessageId.HashRequest, payload);
        }
        for (var answers = 0; answers < 200;)
        {
            var (id, _) = await connection.ReadAsync();
            answers += id is PeerMessageId.Hashes or PeerMessageId.HashReject ? 1 : 0;
        }
        await connection.SendAsync(PeerMessageId.HashRequest, new byte[10]);
        Assert.True(await connection.IsClosedAsync());
    }

    [Fact]
    public async Task HashRequestsWithoutEnd_EndTheConnection()
    {
        var info = await CreateAsync(TorrentVersion.V2, 64 * 1024);
        var seeder = await _world.StartSeederAsync(info);
        using var connection = await RawPeer.ConnectAsync(seeder.LocalEndPoint, info.InfoHash);
        await connection.ReadHandshakeAsync();
        var payload = new byte[HashRequest.EncodedLength];
        new HashRequest(new InfoHashV2(info.Files[0].PiecesRoot.Span), 0, 0, 4, 9).Write(payload);
        var asking = AskAsync();
        Assert.True(await connection.IsClosedAsync());
        await asking;

        async Task AskAsync()
        {
            try
            {
                while (true)
                {
                    await connection.SendAsync(PeerMessageId.HashRequest, payload);
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public async Task LinkOfATorrentThatIsHereByItsOtherInfoHash_LeadsToIt()
    {
        var info = await CreateAsync(TorrentVersion.Hybrid, 64 * 1024);
        var version2 = info.InfoHashV2!.Value.Truncated;
        var engine = await _world.StartEngineAsync("leech");
        var torrent = engine.Add(version2);
        Assert.Same(torrent, engine.Add(MagnetLink.Of(info)));
        Assert.Same(torrent, engine.Add(info.InfoHash));
        Assert.Equal([version2, info.InfoHash], torrent.SwarmHashes);
    }

    [Fact]
    public async Task LinkWhoseInfoHashesAreOfTwoTorrents_IsRefused()
    {
        var info = await CreateAsync(TorrentVersion.Hybrid, 64 * 1024);
        var seeder = await _world.StartSeederAsync(info);
        var link = MagnetLink.Parse($"magnet:?xt=urn:btih:{InfoHash.Compute("other"u8)}&xt=urn:btmh:1220{info.InfoHashV2}");
        var torrent = (await _world.StartEngineAsync("leech")).Add(link, [seeder.LocalEndPoint]);

        var refusal = await Assert.ThrowsAsync<InvalidTorrentException>(() => torrent.MetadataAsync(Cancel));
        Assert.Equal(TorrentProblem.WrongInfoHash, refusal.Problem);
    }

    private static async Task AnswerHashesAsync(string attack, RawConnection connection, byte[] payload)
    {
        Assert.True(HashRequest.TryRead(payload, out var request));
        var hashes = new byte[(request.Length + request.ProofLength) * 32];
        switch (attack)
        {
            case "wrong hashes":
                await connection.SendAsync(PeerMessageId.Hashes, [.. payload, .. hashes]);
                break;
            case "short hashes":
                await connection.SendAsync(PeerMessageId.Hashes, [.. payload, .. hashes.AsSpan(33)]);
                break;
            case "more hashes than asked for":
                await connection.SendAsync(PeerMessageId.Hashes, [.. payload, .. hashes, .. new byte[64 * 1024]]);
                break;
            case "rejects":
                await connection.SendAsync(PeerMessageId.HashReject, payload);
                break;
            case "hashes nobody asked for":
                payload[0] ^= 1;
                for (var i = 0; i < 30; i++)
                {
                    await connection.SendAsync(PeerMessageId.Hashes, [.. payload, .. hashes]);
                }
                break;
            case "impossible hashes":
                await connection.SendAsync(PeerMessageId.Hashes, new byte[100]);
                break;
        }
    }

    private static async Task<InfoHash> AnswerAsync(BttProxy.BitTorrent.Swarm.SwarmEngine engine, InfoHash infoHash, bool version2)
    {
        var connection = await RawPeer.ConnectAsync(engine.LocalEndPoint, infoHash, version2);
        await using var stream = connection.Stream;
        return (await connection.ReadHandshakeAsync()).InfoHash;
    }

    private Task<TorrentInfo> CreateAsync(TorrentVersion version, int pieceLength) => _world.CreateContentAsync(
        "show", version, pieceLength, ("a.bin", 9_000_000), ("leer", 0), ("übung/ファイル.bin", 777_777), ("z", 1));

    // A raw peer understands no encryption.
    private Task<SwarmEngine> StartInClearAsync() =>
        _world.StartEngineAsync("leech", configure: options => options with { Encryption = EncryptionPolicy.Off });
}
