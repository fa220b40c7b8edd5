using BttProxy.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Clients that seek, come in crowds or go away leave nothing behind.</summary>
public sealed class ReaderAbuseTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThousandSeeks_LeaveNothingBehind()
    {
        await using var world = await HostileWorld.CreateAsync(
            options => options with { MinReadAhead = 256 * 1024, MaxReadAhead = 256 * 1024, PieceMemory = 1024 * 1024 },
            length: 20_000_000);
        var seeder = await world.Swarm.StartSeederAsync(world.Info);
        var torrent = world.Engine.Add(world.Info, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);
        await using (var stream = torrent.OpenRead(0, world.Info.Length))
        {
            var random = new Random(7);
            var buffer = new byte[1000];
            for (var i = 0; i < 1000; i++)
            {
                stream.Position = random.Next(world.Content.Length - buffer.Length);
                using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
                var read = stream.ReadAsync(buffer, impatient.Token);
                if (i % 20 > 0)
                {
                    await impatient.CancelAsync();
                }
                await IgnoreCancelAsync(read);
                lock (torrent.State.Gate)
                {
                    Assert.Single(torrent.State.Schedule!.Windows);
                    Assert.InRange(torrent.State.Peers.Sum(peer => peer.Requests.Count), 0, 500);
                }
                Assert.InRange(world.Engine.Context.Memory.Used, 0, 1024 * 1024);
            }
            stream.Position = 12_345_678;
            await stream.ReadExactlyAsync(buffer, Cancel);
            Assert.Equal(world.Content[12_345_678..(12_345_678 + buffer.Length)], buffer);
        }
        await NothingIsLeftAsync(world, torrent);
        Assert.Equal(1, torrent.PeerCount);
    }

    [Fact]
    public async Task ThirtyTwoStreams_OnOneTorrent_AllGetTheirBytes()
    {
        await using var world = await HostileWorld.CreateAsync(
            options => options with { PieceMemory = 1024 * 1024 }, length: 8_000_000);
        var seeder = await world.Swarm.StartSeederAsync(world.Info);
        var torrent = world.Engine.Add(world.Info, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(Cancel);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async i =>
        {
            var offset = i * 200_000;
            Assert.Equal(world.Content[offset..(offset + 1_000_000)], await SwarmWorld.ReadAsync(torrent, offset, 1_000_000));
        }));
        await NothingIsLeftAsync(world, torrent);
    }

    [Fact]
    public async Task SameMagnetAHundredTimesAtOnce_IsOneTorrent()
    {
        await using var world = await HostileWorld.CreateAsync();
        var seeder = await world.Swarm.StartSeederAsync(world.Info);
        var added = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(
            () => world.Engine.Add(world.Info.InfoHash, [seeder.LocalEndPoint]), Cancel)));
        Assert.Single(added.Distinct());
        Assert.Single(world.Engine.Torrents);
        await world.FinishAsync(added[0]);
        Assert.Equal(1, seeder.Torrents.Single().PeerCount);
    }

    [Fact]
    public async Task ClientGoneInMidStream_GivesBackWhatItAskedFor()
    {
        await using var world = await HostileWorld.CreateAsync(
            options => options with { BlockTimeout = TimeSpan.FromMinutes(5) }, length: 8_000_000);
        await using var slow = RawPeer.Start(connection => connection.ServeAsync(async request =>
        {
            await Task.Delay(20, connection.Cancel);
            await connection.SendPieceAsync(request.Piece, request.Begin, world.Block(request));
        }));
        var torrent = world.Engine.Add(world.Info, [slow.EndPoint]);
        await torrent.MetadataAsync(Cancel);
        var stream = torrent.OpenRead(3_000_000, 5_000_000);
        await stream.ReadExactlyAsync(new byte[10_000], Cancel);
        var read = stream.ReadAsync(new byte[5_000_000], Cancel).AsTask();
        await stream.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await read > 0)
            {
                read = stream.ReadAsync(new byte[5_000_000], Cancel).AsTask();
            }
        });
        await NothingIsLeftAsync(world, torrent);
        Assert.Equal(1, torrent.PeerCount);
        await world.FinishAsync(torrent);
    }

    [Fact]
    public async Task TorrentRemovedInMidDownload_LeavesTheOthersAlone()
    {
        await using var world = await HostileWorld.CreateAsync();
        var other = await world.Swarm.CreateContentAsync("other", 16 * 1024, ("o.bin", 30_000_000));
        var seeder = await world.Swarm.StartSeederAsync(other);
        for (var i = 1; i <= 5; i++)
        {
            var removed = world.Engine.Add(other, [seeder.LocalEndPoint]);
            removed.DownloadAll();
            await SwarmWorld.UntilAsync(() => removed.Have is { Count: > 0 }, "download");
            await world.Engine.RemoveAsync(other.InfoHash);
        }
        await world.FinishAsync(await world.DownloadAsync());
        Assert.Single(world.Engine.Torrents);
    }

    private static async Task IgnoreCancelAsync(ValueTask<int> read)
    {
        try
        {
            await read;
        }
        catch (OperationCanceledException)
        {
            // The client was not that patient.
        }
    }

    private static Task NothingIsLeftAsync(HostileWorld world, Torrent torrent) => SwarmWorld.UntilAsync(
        () =>
        {
            lock (torrent.State.Gate)
            {
                return torrent.State.Schedule!.Windows.Count == 0 && torrent.State.Readers.Count == 0
                    && torrent.State.Peers.TrueForAll(peer => peer.Requests.Count == 0) && world.Engine.Context.Memory.Used == 0;
            }
        },
        "windows, requests and memory are given back");
}
