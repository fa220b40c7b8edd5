using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Cache;

public sealed class PieceCacheTests : IAsyncDisposable
{
    private const long Piece = CacheWorld.PieceLength;

    private readonly CacheWorld _world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task FullCache_GivesUpWhatWasNotUsedForLongest()
    {
        var (info, content) = CacheWorld.Create(1, 8);
        await _world.StartAsync(total: (4 * Piece) + CacheWorld.Overhead(info));
        var torrent = await _world.OpenAsync(info);
        await _world.WriteAsync(torrent, content, 0, 1, 2, 3);
        _world.Use(torrent, 0);

        await _world.WriteAsync(torrent, content, 7);

        Assert.Equal([0, 2, 3, 7], CacheWorld.Pieces(torrent));
        Assert.Equal((4 * Piece) + CacheWorld.Overhead(info), _world.Cache.Usage.HeldBytes);
        Assert.Equal(Piece, _world.Cache.Usage.EvictedBytes);
    }

    [Fact]
    public async Task PerTorrentBudget_TakesFromThatTorrent()
    {
        var (one, first) = CacheWorld.Create(1, 4);
        var (two, second) = CacheWorld.Create(2, 4);
        await _world.StartAsync(total: null, perTorrent: (2 * Piece) + CacheWorld.Overhead(one));
        var (old, young) = (await _world.OpenAsync(one), await _world.OpenAsync(two));
        await _world.WriteAsync(old, first, 0, 1);
        await _world.WriteAsync(young, second, 0, 1, 2);

        Assert.Equal([0, 1], CacheWorld.Pieces(old));
        Assert.Equal([1, 2], CacheWorld.Pieces(young));
    }

    [Fact]
    public async Task PiecesInAReadersWindow_StayThoughTheBudgetIsExceeded()
    {
        var (info, content) = CacheWorld.Create(1, 8);
        await _world.StartAsync(total: (2 * Piece) + CacheWorld.Overhead(info));
        var torrent = await _world.OpenAsync(info);
        var window = new ReadWindow(info.PieceLength);
        window.Move(0, 4 * Piece);
        torrent.Schedule!.AddWindow(window);
        await _world.WriteAsync(torrent, content, 0, 1, 2, 3);
        Assert.Equal([0, 1, 2, 3], CacheWorld.Pieces(torrent));

        await _world.WriteAsync(torrent, content, 6);
        Assert.Equal([0, 1, 2, 3, 6], CacheWorld.Pieces(torrent));

        window.Move(3 * Piece, 4 * Piece);
        await _world.WriteAsync(torrent, content, 7);
        Assert.Equal([3, 7], CacheWorld.Pieces(torrent));
    }

    [Fact]
    public async Task PieceThatIsBeingRead_Stays()
    {
        var (info, content) = CacheWorld.Create(1, 4);
        await _world.StartAsync(total: Piece + CacheWorld.Overhead(info));
        var torrent = await _world.OpenAsync(info);
        await _world.WriteAsync(torrent, content, 0);
        var buffer = new byte[Piece];
        for (var i = 0; i < 50; i++)
        {
            var piece = i % 4;
            var read = torrent.Store!.ReadAsync(0, buffer, Cancel).AsTask();
            await _world.WriteAsync(torrent, content, piece);
            var got = await read;
            Assert.Equal(content[..got], buffer[..got]);
        }
    }

    [Fact]
    public async Task TorrentsOutsideTheSwarm_GiveWayTooAndAreForgottenAtLast()
    {
        var (idle, first) = CacheWorld.Create(1, 3);
        var (busy, second) = CacheWorld.Create(2, 8);
        await _world.StartAsync(total: (4 * Piece) + CacheWorld.Overhead(idle) + CacheWorld.Overhead(busy));
        var torrent = await _world.OpenAsync(idle);
        await _world.WriteAsync(torrent, first, 0, 1, 2);
        await _world.CloseAsync(torrent);
        var other = await _world.OpenAsync(busy);

        await _world.WriteAsync(other, second, 0, 1, 2);
        Assert.Equal(2, _world.Cache.Usage.Torrents);
        var reopened = await _world.OpenAsync(idle);
        Assert.Equal([2], CacheWorld.Pieces(reopened));
        Assert.Equal(0, reopened.Store!.RehashedPieces);
        await _world.CloseAsync(reopened);

        await _world.WriteAsync(other, second, 3);
        Assert.Equal(1, _world.Cache.Usage.Torrents);
        Assert.False(Directory.Exists(Path.Join(_world.Folder, idle.InfoHash.ToString())));
        Assert.Equal([0, 1, 2, 3], CacheWorld.Pieces(other));
    }

    [Fact]
    public async Task TorrentOfWhichNothingWasFetched_LeavesNothing()
    {
        var (info, _) = CacheWorld.Create(1, 3);
        await _world.StartAsync(total: 100 * Piece);
        var torrent = await _world.OpenAsync(info);
        // What is kept of a v2 torrent's hashes.
        await File.WriteAllBytesAsync(Path.Join(_world.Folder, info.InfoHash.ToString(), "torrent"), [1], TestContext.Current.CancellationToken);
        await _world.CloseAsync(torrent);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_world.Folder));
        Assert.Equal(0, _world.Cache.Usage.HeldBytes);
    }

    [Fact]
    public async Task Restart_KnowsSizesOrderAndPins()
    {
        var (one, first) = CacheWorld.Create(1, 4);
        var (two, second) = CacheWorld.Create(2, 4);
        await _world.StartAsync(total: 100 * Piece);
        var (old, young) = (await _world.OpenAsync(one), await _world.OpenAsync(two));
        await _world.WriteAsync(old, first, 0, 1, 2);
        await _world.WriteAsync(young, second, 0, 1);
        _world.Use(old, 0);
        await _world.Cache.SetPinnedAsync(two.InfoHash, true, Cancel);
        var before = _world.Cache.Usage;
        await _world.StopAsync();

        await _world.StartAsync(total: 100 * Piece);
        Assert.Equal(before, _world.Cache.Usage);
        Assert.Equal((2 * Piece) + CacheWorld.Overhead(two), _world.Cache.Usage.PinnedBytes);
        Assert.True(_world.Cache.IsPinned(two.InfoHash));
        await _world.StopAsync();

        // With less room, what was used last stays.
        await _world.StartAsync(total: Piece + CacheWorld.Overhead(one));
        await AssertHoldsAsync(one, [0]);
        await AssertHoldsAsync(two, [0, 1]);
    }

    [Fact]
    public async Task PinTakenBack_MakesTheTorrentGiveWay()
    {
        var (info, content) = CacheWorld.Create(1, 4);
        await _world.StartAsync(total: Piece + CacheWorld.Overhead(info));
        await _world.Cache.SetPinnedAsync(info.InfoHash, true, Cancel);
        var torrent = await _world.OpenAsync(info);
        await _world.WriteAsync(torrent, content, 0, 1, 2);
        Assert.Equal([0, 1, 2], CacheWorld.Pieces(torrent));
        await _world.CloseAsync(torrent);

        await _world.Cache.SetPinnedAsync(info.InfoHash, false, Cancel);
        await AssertHoldsAsync(info, [2]);
    }

    [Fact]
    public async Task DiskThatGivesBackWholeFilesOnly_LosesSegmentsAtATime()
    {
        // Segments of 64 MiB: two, the second of one piece.
        const int Large = 32 * 1024 * 1024;
        var (info, content) = CacheWorld.Create(1, 3, Large);
        await _world.StartAsync(total: (2L * Large) + CacheWorld.Overhead(info), givesBackParts: false);
        var torrent = await _world.OpenAsync(info);
        await _world.WriteAsync(torrent, content, 0, 1);
        Assert.Equal([0, 1], CacheWorld.Pieces(torrent));

        await _world.WriteAsync(torrent, content, 2);
        Assert.Equal([2], CacheWorld.Pieces(torrent));
        Assert.False(File.Exists(Path.Join(_world.Folder, info.InfoHash.ToString(), "0")));
    }

    [Fact]
    public async Task SegmentThatAnotherProgramChanged_IsNotBelievedBecauseOfAnEviction()
    {
        var (info, content) = CacheWorld.Create(1, 4);
        await _world.StartAsync(total: 100 * Piece);
        var torrent = await _world.OpenAsync(info);
        await _world.WriteAsync(torrent, content, 0, 1, 2);
        await _world.StopAsync();
        var segment = Path.Join(_world.Folder, info.InfoHash.ToString(), "0");
        await using (var file = File.OpenWrite(segment))
        {
            file.Position = (2 * Piece) + 5;
            file.WriteByte((byte)~content[(2 * Piece) + 5]);
        }
        File.SetLastWriteTimeUtc(segment, File.GetLastWriteTimeUtc(segment).AddSeconds(1));

        await _world.StartAsync(total: (2 * Piece) + CacheWorld.Overhead(info));
        await AssertHoldsAsync(info, []);
    }

    [Fact]
    public async Task DamagedStateAndForeignFolders_AreDeletedAndLeftAlone()
    {
        var (info, content) = CacheWorld.Create(1, 4);
        await _world.StartAsync(total: 100 * Piece);
        await _world.WriteAsync(await _world.OpenAsync(info), content, 0);
        await _world.StopAsync();
        await File.WriteAllBytesAsync(Path.Join(_world.Folder, info.InfoHash.ToString(), "have"), [1, 2, 3], Cancel);
        Directory.CreateDirectory(Path.Join(_world.Folder, "holiday"));

        await _world.StartAsync(total: 100 * Piece);
        Assert.Equal(["holiday"], Directory.EnumerateFileSystemEntries(_world.Folder).Select(Path.GetFileName));
        Assert.Equal(0, _world.Cache.Usage.HeldBytes);
    }

    [Fact]
    public async Task ManyReaders_ShareTheBudget()
    {
        await _world.StartAsync(total: 80 * Piece, perTorrent: 20 * Piece);
        for (var i = 0; i < 10; i++)
        {
            _world.Cache.ReaderOpened();
        }
        Assert.Equal(4 * Piece, _world.Cache.ReadAheadLimit(readers: 2));
        Assert.Equal(1 * Piece, _world.Cache.ReadAheadLimit(readers: 10));
    }

    private async Task AssertHoldsAsync(TorrentInfo info, int[] pieces) =>
        Assert.Equal(pieces, CacheWorld.Pieces(await _world.OpenAsync(info)));
}
