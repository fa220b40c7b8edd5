using BttProxy.BitTorrent;
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
