using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

public sealed class TrackerTests : IAsyncDisposable
{
    private readonly SwarmWorld _world = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PeersOfATracker_GiveTheContent_AndItHearsHowItWent(bool overUdp)
    {
        var info = await _world.CreateContentAsync("content", 65_536, ("file", 1_000_000));
        var seeder = await _world.StartSeederAsync(info);
        await using var tracker = new TestTracker(seeder.LocalEndPoint) { AnswersWronglyFirst = true };
        var engine = await _world.StartEngineAsync("leech");
        var torrent = engine.Add(info.InfoHash);
        engine.AddTrackers(torrent, [["http://127.0.0.1:9/dead"], [overUdp ? tracker.UdpUrl : tracker.HttpUrl]]);
        torrent.DownloadAll();

        await SwarmWorld.UntilAsync(() => torrent.Have is { IsComplete: true }, "the download");
        await SwarmWorld.UntilAsync(() => tracker.Events.Count >= 2, "the announce of completion");
        await engine.RemoveAsync(info.InfoHash);
        await SwarmWorld.UntilAsync(() => tracker.Events.Count >= 3, "the announce of the end");

        Assert.Equal(["started", "completed", "stopped"], tracker.Events);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HybridTorrent_IsAnnouncedInBothSwarms(bool overUdp)
    {
        var info = await _world.CreateContentAsync("content", TorrentVersion.Hybrid, 65_536, ("a", 1_000_000), ("b", 1));
        var seeder = await _world.StartSeederAsync(info);
        await using var tracker = new TestTracker(seeder.LocalEndPoint);
        var engine = await _world.StartEngineAsync("leech");
        var torrent = engine.Add(info.InfoHash);
        engine.AddTrackers(torrent, [[overUdp ? tracker.UdpUrl : tracker.HttpUrl]]);
        torrent.DownloadAll();

        await SwarmWorld.UntilAsync(() => torrent.Have is { IsComplete: true }, "the download");
        // Metadata and content may both be here before the second swarm is heard of.
        await SwarmWorld.UntilAsync(() => tracker.InfoHashes.Distinct().Count() == 2, "the announce in the other swarm");
        await engine.RemoveAsync(info.InfoHash);
        await SwarmWorld.UntilAsync(() => tracker.Events.Count(told => told == "stopped") == 2, "the announce of the end");

        Assert.Equal(info.SwarmHashes.ToHashSet(), tracker.InfoHashes.ToHashSet());
    }

    [Fact]
    public async Task DeadTiers_HoldUpNobody()
    {
        var info = await _world.CreateContentAsync("content", 65_536, ("file", 1_000_000));
        var seeder = await _world.StartSeederAsync(info);
        await using var tracker = new TestTracker(seeder.LocalEndPoint);
        // It takes what is sent and never answers; one after the other, four of these would cost almost a minute.
        using var dead = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.14.40"), 0));
        var port = ((System.Net.IPEndPoint)dead.Client.LocalEndPoint!).Port;
        var engine = await _world.StartEngineAsync("leech");
        var torrent = engine.Add(info.InfoHash);
        engine.AddTrackers(torrent, [.. Enumerable.Range(0, 4).Select(i => new[] { $"udp://127.0.14.40:{port}/{i}" }), [tracker.UdpUrl]]);
        torrent.DownloadAll();
        await SwarmWorld.UntilAsync(() => torrent.Have is { IsComplete: true }, "the download");
    }

    [Fact]
    public async Task PrivateTorrent_KnowsOneTrackerAtATime()
    {
        var shared = await _world.CreateContentAsync("content", 65_536, ("file", 1_000_000));
        var info = TorrentInfo.Parse((byte[])[.. shared.RawBytes.Span[..^1], .. "7:privatei1ee"u8]);
        var seeder = await _world.StartSeederAsync(info);
        await using var tracker = new TestTracker(seeder.LocalEndPoint);
        await using var other = new TestTracker(seeder.LocalEndPoint);
        var engine = await _world.StartEngineAsync("leech");
        var torrent = engine.Add(info);
        await torrent.MetadataAsync(TestContext.Current.CancellationToken);
        engine.AddTrackers(torrent, [["http://127.0.0.1:9/dead"], [tracker.HttpUrl], [other.HttpUrl]]);
        torrent.DownloadAll();
        await SwarmWorld.UntilAsync(() => torrent.Have is { IsComplete: true }, "the download");
        await SwarmWorld.UntilAsync(() => tracker.Events.Count >= 2, "the announce of completion");
        Assert.Empty(other.Events);
    }

    [Fact]
    public async Task TrackerInAPrivateNetwork_IsNotDialled()
    {
        var info = await _world.CreateContentAsync("content", 65_536, ("file", 100_000));
        await using var tracker = new TestTracker();
        var engine = await _world.StartEngineAsync(
            "leech", configure: options => options with { ConnectGuard = new ConnectGuard(new ConnectGuardOptions()) });
        await using var allowed = new TestTracker();
        var other = await _world.StartEngineAsync("other");
        foreach (var (asking, url) in new[] { (engine, tracker), (other, allowed) })
        {
            var torrent = asking.Add(info.InfoHash);
            asking.AddTrackers(torrent, [[url.HttpUrl, url.UdpUrl]]);
            torrent.DownloadAll();
        }

        // The second engine shows that by now the first one would have asked.
        await SwarmWorld.UntilAsync(() => !allowed.Events.IsEmpty, "an announce by the engine that may");
        Assert.Empty(tracker.Events);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();
}
