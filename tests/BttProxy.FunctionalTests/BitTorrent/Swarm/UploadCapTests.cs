using System.Diagnostics;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>What the caps on uploads do to real connections.</summary>
public sealed class UploadCapTests : IAsyncDisposable
{
    private const int Length = 3_000_000;

    private readonly SwarmWorld _world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task RateCap_HoldsForAllPeersTogether()
    {
        const int rate = 3_000_000;
        var (info, seeder) = await SeedAsync(options => options with { MaxUploadRate = rate });
        var watch = Stopwatch.StartNew();
        var leechers = await Task.WhenAll(LeechAsync(info, "one", seeder), LeechAsync(info, "two", seeder));
        foreach (var leecher in leechers)
        {
            await SwarmWorld.UntilAsync(() => leecher.Have!.IsComplete, "download");
        }
        // At least this long, however busy the machine: all but the fifth of a second that may go at once, and the leechers' exchange.
        var sent = seeder.Torrents.Single().Totals.UploadedBytes;
        Assert.True(watch.Elapsed.TotalSeconds > ((double)sent / rate) - 0.3, $"{sent} bytes in {watch.Elapsed}");
    }

    [Fact]
    public async Task PercentCap_EndsUploadsThere()
    {
        var (info, seeder) = await SeedAsync(options => options with { MaxUploadPercent = 50 });
        var leecher = await LeechAsync(info, "one", seeder);
        var given = seeder.Torrents.Single();
        await SwarmWorld.UntilAsync(() => given.Totals.UploadedBytes >= Length / 2, "half of the content");
        // Whoever comes later gets nothing.
        var late = await LeechAsync(info, "two", seeder, withPeers: false);
        await SwarmWorld.UntilAsync(() => late.PeerCount == 1, "connection");

        Assert.InRange(given.Totals.UploadedBytes, Length / 2, (Length / 2) + (256 * 1024));
        Assert.Equal(0, late.Have!.Count);
        Assert.False(leecher.Have!.IsComplete);
    }

    private async Task<(TorrentInfo Info, SwarmEngine Seeder)> SeedAsync(Func<SwarmOptions, SwarmOptions> configure)
    {
        var info = await _world.CreateContentAsync("show", 64 * 1024, ("a.bin", Length));
        var seeder = await _world.StartEngineAsync("seeder", configure: configure);
        await seeder.AddSeedAsync(info, _world.ContentPath(info.Name), Cancel);
        return (info, seeder);
    }

    private async Task<Torrent> LeechAsync(TorrentInfo info, string directory, SwarmEngine seeder, bool withPeers = true)
    {
        var engine = await _world.StartEngineAsync(directory, configure: options => options with { PeerExchange = withPeers });
        var torrent = engine.Add(info, [seeder.LocalEndPoint]);
        torrent.DownloadAll();
        await torrent.MetadataAsync(Cancel);
        return torrent;
    }
}
