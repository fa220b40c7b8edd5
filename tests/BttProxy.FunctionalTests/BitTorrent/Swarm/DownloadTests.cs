using BttProxy.BitTorrent.Storage;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

public sealed class DownloadTests : IAsyncDisposable
{
    private readonly SwarmWorld _world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task WholeTorrent_ArrivesByteForByte()
    {
        var info = await _world.CreateContentAsync(
            "show", 64 * 1024, ("a.bin", 3_000_000), ("leer", 0), ("übung/ファイル.bin", 777_777), ("z", 1));
        var seeder = await _world.StartSeederAsync(info);
        var leecher = await _world.StartEngineAsync("leech");

        var torrent = leecher.Add(info.InfoHash, [seeder.LocalEndPoint]);
        torrent.DownloadAll();
        Assert.Equal(info.RawBytes.ToArray(), (await torrent.MetadataAsync(Cancel)).RawBytes.ToArray());
        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "download");

        foreach (var file in info.Files)
        {
            Assert.Equal(
                await File.ReadAllBytesAsync(_world[Path.Join(["content", .. file.Path])], Cancel),
                await File.ReadAllBytesAsync(_world[Path.Join(["leech", .. file.Path])], Cancel));
        }
        Assert.Equal(info.Length, torrent.Totals.UsefulBytes);
        Assert.Equal(0, torrent.Totals.HashFailedBytes);
    }

    [Fact]
    public async Task Reader_GetsWhatItAsksForAndNothingElseIsFetched()
    {
        var info = await _world.CreateContentAsync("movie", 64 * 1024, ("m.mkv", 20_000_000));
        var content = await _world.ReadContentAsync(info);
        var seeder = await _world.StartSeederAsync(info);
        var relay = await _world.StartEngineAsync(
            "relay",
            configure: options => options with { Layout = StorageLayout.ByIndex, MinReadAhead = 1_000_000, MaxReadAhead = 1_000_000 });
        var torrent = relay.Add(info.InfoHash, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);

        Assert.Equal(content[5_000_000..5_300_000], await SwarmWorld.ReadAsync(torrent, 5_000_000, 300_000));
        Assert.Equal(content[^100..], await SwarmWorld.ReadAsync(torrent, info.Length - 100, 100));
        Assert.Empty(await SwarmWorld.ReadAsync(torrent, info.Length, 0));

        Assert.InRange(torrent.Have!.Count, 6, 20);
    }

    [Fact]
    public async Task SeekingReader_ReadsTheRightBytes()
    {
        var info = await _world.CreateContentAsync("movie", 32 * 1024, ("m.mkv", 8_000_000));
        var content = await _world.ReadContentAsync(info);
        var seeder = await _world.StartSeederAsync(info);
        var torrent = (await _world.StartEngineAsync("leech")).Add(info.InfoHash, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);
        await using var stream = torrent.OpenRead(1000, info.Length - 1000);
        var random = new Random(5);
        var buffer = new byte[50_000];
        for (var i = 0; i < 60; i++)
        {
            var position = random.Next((int)stream.Length - buffer.Length);
            stream.Position = position;
            await stream.ReadExactlyAsync(buffer, Cancel);
            Assert.True(content.AsSpan(1000 + position, buffer.Length).SequenceEqual(buffer));
        }
    }

    [Fact]
    public async Task ManyReaders_AllGetTheirBytes()
    {
        var info = await _world.CreateContentAsync("movie", 64 * 1024, ("m.mkv", 10_000_000));
        var content = await _world.ReadContentAsync(info);
        var seeder = await _world.StartSeederAsync(info);
        var torrent = (await _world.StartEngineAsync("leech", configure: options => options with { PieceMemory = 1_000_000 }))
            .Add(info.InfoHash, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            var offset = i * 500_000;
            Assert.Equal(content[offset..(offset + 2_000_000)], await SwarmWorld.ReadAsync(torrent, offset, 2_000_000));
        }));
    }

    [Fact]
    public async Task CancelledRead_LeavesTheReaderUsable()
    {
        var info = await _world.CreateContentAsync("movie", 64 * 1024, ("m.mkv", 1_000_000));
        var torrent = (await _world.StartEngineAsync("leech")).Add(info);
        await torrent.MetadataAsync(Cancel);
        await using var stream = torrent.OpenRead(0, info.Length);
        using var stop = new CancellationTokenSource();
        var read = stream.ReadAsync(new byte[10], stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);

        torrent.AddPeer((await _world.StartSeederAsync(info)).LocalEndPoint);
        await stream.ReadExactlyAsync(new byte[1_000_000], Cancel);
    }

    [Fact]
    public async Task Restart_KeepsPiecesAndMetadata()
    {
        var info = await _world.CreateContentAsync("movie", 64 * 1024, ("m.mkv", 2_000_000));
        var seeder = await _world.StartSeederAsync(info);
        var first = await _world.StartEngineAsync("leech", configure: options => options with { Layout = StorageLayout.ByIndex });
        var torrent = first.Add(info.InfoHash, [seeder.LocalEndPoint]);
        torrent.DownloadAll();
        await torrent.MetadataAsync(Cancel);
        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "download");
        await first.DisposeAsync();
        await seeder.DisposeAsync();

        var second = await _world.StartEngineAsync("leech", configure: options => options with { Layout = StorageLayout.ByIndex });
        var again = second.Add(info.InfoHash);
        await again.MetadataAsync(Cancel);
        Assert.True(again.Have!.IsComplete);
        Assert.Equal(await _world.ReadContentAsync(info), await SwarmWorld.ReadAsync(again, 0, info.Length));
    }

    [Fact]
    public async Task SeederThatDies_IsReplacedByAnother()
    {
        var info = await _world.CreateContentAsync("movie", 64 * 1024, ("m.mkv", 30_000_000));
        var content = await _world.ReadContentAsync(info);
        var first = await _world.StartSeederAsync(info);
        var second = await _world.StartSeederAsync(info);
        var leecher = await _world.StartEngineAsync(
            "leech", configure: options => options with { MinReadAhead = 1_000_000, MaxReadAhead = 1_000_000 });
        var torrent = leecher.Add(info.InfoHash, [first.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);
        await using var stream = torrent.OpenRead(0, info.Length);
        var buffer = new byte[content.Length];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 5_000_000), Cancel);
        await first.DisposeAsync();
        torrent.AddPeer(second.LocalEndPoint);
        await stream.ReadExactlyAsync(buffer.AsMemory(5_000_000), Cancel);
        Assert.Equal(content, buffer);
    }

    [Fact]
    public async Task LeechersOfOneSwarm_GiveEachOtherWhatTheyHave()
    {
        var info = await _world.CreateContentAsync("movie", 64 * 1024, ("m.mkv", 3_000_000));
        var seeder = await _world.StartSeederAsync(info);
        var first = await _world.StartEngineAsync("first");
        var one = first.Add(info.InfoHash, [seeder.LocalEndPoint]);
        await one.MetadataAsync(Cancel);
        var second = await _world.StartEngineAsync("second");
        var two = second.Add(info.InfoHash, [first.LocalEndPoint]);
        two.DownloadAll();
        await two.MetadataAsync(Cancel);
        one.DownloadAll();
        await SwarmWorld.UntilAsync(() => two.Have!.IsComplete, "download from a leecher");
        await SwarmWorld.UntilAsync(() => one.Totals.UploadedBytes >= info.Length, "the count of what was given");
    }
}
