using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.FunctionalTests.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Cache;

/// <summary>An engine that reads through more than its cache may hold.</summary>
public sealed class CacheDiskTests : IAsyncDisposable
{
    private const int PieceLength = 256 * 1024;
    private const long Budget = 6_000_000;

    private readonly SwarmWorld _world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task ReadingThroughALargeTorrent_KeepsTheDiskWithinTheBudget()
    {
        var info = await _world.CreateContentAsync("movie", PieceLength, ("a", 9_000_001), ("b", 11_000_000));
        var seeder = await _world.StartSeederAsync(info, address: "127.0.15.1");
        var relay = await StartRelayAsync(Budget);
        var torrent = relay.Add(info.InfoHash, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);

        Assert.Equal(await _world.ReadContentAsync(info), await SwarmWorld.ReadAsync(torrent, 0, info.Length));

        var usage = relay.CacheUsage!.Value;
        var blocks = await DiskBlocks.UsedAsync(_world["relay"], Cancel);
        Note($"{info.Length} bytes read, {usage.HeldBytes} held, {usage.EvictedBytes} given up, {blocks} on disk");
        Assert.InRange(usage.HeldBytes, Budget - (2 * PieceLength), Budget);
        Assert.InRange(blocks, usage.HeldBytes - PieceLength, usage.HeldBytes + 64 * 1024);
        Assert.InRange(usage.EvictedBytes, info.Length - Budget, info.Length);
        Assert.Equal(info.Length, torrent.Totals.UsefulBytes);
    }

    [Fact]
    public async Task TorrentsReadOneAfterTheOther_ForceOutTheOldestWhole()
    {
        var torrents = new List<TorrentInfo>();
        for (var i = 0; i < 4; i++)
        {
            torrents.Add(await _world.CreateContentAsync($"t{i}", PieceLength, ("a", 3_000_000 + i)));
        }
        var relay = await StartRelayAsync(Budget);
        foreach (var info in torrents)
        {
            var seeder = await _world.StartSeederAsync(info, address: "127.0.15.1");
            var torrent = relay.Add(info.InfoHash, [seeder.LocalEndPoint]);
            await torrent.MetadataAsync(Cancel);
            await SwarmWorld.ReadAsync(torrent, 0, info.Length);
            await relay.RemoveAsync(info.InfoHash);
        }

        Assert.False(Directory.Exists(_world[$"relay/{torrents[0].InfoHash}"]));
        Assert.True(Directory.Exists(_world[$"relay/{torrents[3].InfoHash}"]));
        Assert.InRange(await DiskBlocks.UsedAsync(_world["relay"], Cancel), 1, Budget + 64 * 1024);

        // A restart counts the same from the state alone.
        var usage = relay.CacheUsage!.Value;
        await relay.DisposeAsync();
        var again = await StartRelayAsync(Budget);
        Assert.Equal(usage with { EvictedBytes = 0 }, again.CacheUsage);
    }

    [Fact]
    public async Task BulkDownload_StopsAtTheBudgetInsteadOfTurningRound()
    {
        var info = await _world.CreateContentAsync("movie", PieceLength, ("a", 12_000_000));
        var seeder = await _world.StartSeederAsync(info, address: "127.0.15.1");
        var relay = await StartRelayAsync(Budget);
        var torrent = relay.Add(info.InfoHash, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);
        torrent.DownloadAll();
        await SwarmWorld.UntilAsync(() => torrent.Have!.Count >= 20, "the budget's worth of pieces");
        // A reader still gets what it asks for, at the cost of something else.
        Assert.Equal(PieceLength, (await SwarmWorld.ReadAsync(torrent, info.Length - PieceLength, PieceLength)).Length);

        Assert.InRange(torrent.Totals.UsefulBytes, 1, Budget + (4 * PieceLength));
        Assert.InRange(relay.CacheUsage!.Value.EvictedBytes, 0, 4 * PieceLength);

        await relay.SetPinnedAsync(info.InfoHash, true, Cancel);
        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "all of a pinned torrent");
        Assert.Equal(0, relay.CacheUsage!.Value.HeldBytes);
    }

    [Fact]
    public async Task ReadersOfEvictedContent_AndPeersThatWantIt_AreServedOrRefused()
    {
        var info = await _world.CreateContentAsync("movie", PieceLength, ("a", 20_000_000));
        var content = await _world.ReadContentAsync(info);
        var seeder = await _world.StartSeederAsync(info, address: "127.0.15.1");
        var relay = await StartRelayAsync(Budget);
        var torrent = relay.Add(info.InfoHash, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);
        // A leecher that knows only the relay learns of pieces that go again.
        var leecher = await _world.StartEngineAsync("leecher", address: "127.0.15.3");
        var copy = leecher.Add(info, [relay.LocalEndPoint]);
        copy.DownloadAll();
        var random = new Random(1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 8; i++)
            {
                int offset;
                lock (random)
                {
                    offset = random.Next((int)info.Length - 2_000_000);
                }
                Assert.Equal(content[offset..(offset + 2_000_000)], await SwarmWorld.ReadAsync(torrent, offset, 2_000_000));
            }
        }));

        await SwarmWorld.UntilAsync(() => copy.Totals.UsefulBytes > 0, "the leecher gets what is there");
        Assert.Equal(0, copy.Totals.HashFailedBytes);
        Assert.InRange(relay.CacheUsage!.Value.HeldBytes, 1, Budget);
    }

    [Theory]
    [InlineData(4_000_000, 0)]
    [InlineData(8_000_000, 5)]
    public async Task EndOfAPart_IsFetchedEarlyWhereTheCacheHasRoomForIt(long budget, int pieces)
    {
        var info = await _world.CreateContentAsync("movie", PieceLength, ("a", 20_000_000));
        var torrent = (await StartRelayAsync(budget)).Add(info);
        await torrent.MetadataAsync(Cancel);
        await using var reader = torrent.OpenRead(0, info.Length);
        lock (torrent.State.Gate)
        {
            Assert.Equal(pieces, Assert.Single(torrent.State.Schedule!.Windows).Tail.Count);
        }
    }

    private Task<SwarmEngine> StartRelayAsync(long budget) => _world.StartEngineAsync(
        "relay",
        configure: options => options with { Layout = StorageLayout.ByIndex, CacheBytes = budget, MinReadAhead = 1_000_000 },
        address: "127.0.15.2");

    private static void Note(string text) => TestContext.Current.TestOutputHelper!.WriteLine(text);
}
