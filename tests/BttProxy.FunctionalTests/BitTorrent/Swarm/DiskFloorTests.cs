using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>An engine whose volume comes to its floor, and has space again later.</summary>
public sealed class DiskFloorTests : IAsyncDisposable
{
    private const int PieceLength = 64 * 1024;
    private const int Length = 4_000_000;
    private const int First = 16 * PieceLength;

    private readonly SwarmWorld _world = new();
    private long _free = long.MaxValue;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task FullVolume_StopsFetchingWhileReadsAndUploadsGoOn()
    {
        var (info, engine, torrent) = await StartAsync();
        var content = await _world.ReadContentAsync(info);
        Assert.Equal(content[..First], await SwarmWorld.ReadAsync(torrent, 0, First));
        await FillAsync(torrent);
        var fetched = torrent.Totals.UsefulBytes;

        var failure = await Assert.ThrowsAsync<TorrentStorageException>(() => SwarmWorld.ReadAsync(torrent, 0, Length));
        Assert.True(failure.IsDiskFull);
        Assert.Contains("lower the limit (MinFreeBytes)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(content[..First], await SwarmWorld.ReadAsync(torrent, 0, First));
        var other = await _world.StartEngineAsync("other", address: "127.0.15.6");
        var copy = other.Add(info, [engine.LocalEndPoint]);
        copy.DownloadAll();
        await SwarmWorld.UntilAsync(() => copy.Have?.Count == First / PieceLength, "what the full engine has");
        Assert.Equal(fetched, torrent.Totals.UsefulBytes);

        _free = long.MaxValue;
        await SwarmWorld.UntilAsync(() => torrent.Failure is null, "space is noticed");
        Assert.Equal(content, await SwarmWorld.ReadAsync(torrent, 0, Length));
    }

    [Fact]
    public async Task DownloadUnderWay_StopsWithNothingInMemoryAndGoesOnByItself()
    {
        var (info, engine, torrent) = await StartAsync();
        torrent.DownloadAll();
        await SwarmWorld.UntilAsync(() => torrent.Have!.Count > 2, "the first pieces");
        await FillAsync(torrent);
        await SwarmWorld.UntilAsync(() => engine.Context.Memory.Used == 0, "memory comes back");

        _free = long.MaxValue;
        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "the rest");
        Assert.Equal(await _world.ReadContentAsync(info), await SwarmWorld.ReadAsync(torrent, 0, Length));
    }

    [Fact]
    public async Task PieceThatWouldPassTheFloor_IsNotWritten()
    {
        var (_, _, torrent) = await StartAsync();
        _free = (1L << 30) + (PieceLength / 2);

        await Assert.ThrowsAsync<TorrentStorageException>(() => SwarmWorld.ReadAsync(torrent, 0, First));

        Assert.Equal(0, torrent.Have!.Count);
    }

    [Fact]
    public async Task ReaderThatWaits_HearsIt()
    {
        var info = await CreateAsync();
        var engine = await StartEngineAsync();
        var torrent = engine.Add(info);
        await torrent.MetadataAsync(Cancel);
        var read = SwarmWorld.ReadAsync(torrent, 0, First);
        _free = 0;

        Assert.True((await Assert.ThrowsAsync<TorrentStorageException>(() => read)).IsDiskFull);
    }

    [Fact]
    public async Task UnknownTorrent_IsRefusedUntilThereIsSpace()
    {
        var info = await CreateAsync();
        var seeder = await _world.StartSeederAsync(info, address: "127.0.15.4");
        _free = 0;
        var engine = await StartEngineAsync();
        var torrent = engine.Add(info.InfoHash, [seeder.LocalEndPoint]);
        await Assert.ThrowsAsync<TorrentStorageException>(() => torrent.MetadataAsync(Cancel));
        Assert.False(Directory.Exists(_world[$"full/{info.InfoHash}"]));

        _free = long.MaxValue;
        await SwarmWorld.UntilAsync(() => torrent.Info is not null, "metadata");
        Assert.Equal(info.InfoHash, (await torrent.MetadataAsync(Cancel)).InfoHash);
        Assert.Equal(First, (await SwarmWorld.ReadAsync(torrent, 0, First)).Length);
    }

    private async Task FillAsync(Torrent torrent)
    {
        _free = 0;
        await SwarmWorld.UntilAsync(() => torrent.Failure is TorrentStorageException { IsDiskFull: true }, "the floor is noticed");
    }

    private async Task<(TorrentInfo Info, SwarmEngine Engine, Torrent Torrent)> StartAsync()
    {
        var info = await CreateAsync();
        var seeder = await _world.StartSeederAsync(info, address: "127.0.15.4");
        var engine = await StartEngineAsync();
        var torrent = engine.Add(info.InfoHash, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);
        return (info, engine, torrent);
    }

    private Task<TorrentInfo> CreateAsync() => _world.CreateContentAsync("movie", PieceLength, ("a", Length));

    private Task<SwarmEngine> StartEngineAsync() => _world.StartEngineAsync(
        "full",
        configure: options => options with
        {
            Layout = StorageLayout.ByIndex,
            CacheBytes = 1L << 30,
            MinFreeBytes = 1L << 30,
            PieceMemory = 1 << 20,
            FreeSpace = _ => Volatile.Read(ref _free),
        },
        address: "127.0.15.5");
}
