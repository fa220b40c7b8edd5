using BttProxy.BitTorrent.Metainfo;
using BttProxy.FunctionalTests.BitTorrent.Dht;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

public sealed class DhtSwarmTests
{
    [Fact]
    public async Task PeersMeet_WithNothingButTheDht()
    {
        await using var dht = await DhtNetwork.StartAsync(8);
        await using var world = new SwarmWorld();
        var info = await world.CreateContentAsync("movie", 64 * 1024, ("m.mkv", 1_000_000));
        await world.StartSeederAsync(info, await dht.AddAsync());
        var leecher = await world.StartEngineAsync("leech", await dht.AddAsync());

        var torrent = leecher.Add(info.InfoHash);
        await torrent.MetadataAsync(TestContext.Current.CancellationToken);

        Assert.Equal(await world.ReadContentAsync(info), await SwarmWorld.ReadAsync(torrent, 0, info.Length));
    }

    [Fact]
    public async Task SeederOfAHybridTorrent_IsFoundByEitherInfoHash()
    {
        await using var dht = await DhtNetwork.StartAsync(8);
        await using var world = new SwarmWorld();
        var info = await world.CreateContentAsync("movie", TorrentVersion.Hybrid, 64 * 1024, ("m.mkv", 1_000_000), ("m.srt", 10));
        await world.StartSeederAsync(info, await dht.AddAsync());

        foreach (var swarm in info.SwarmHashes)
        {
            var torrent = (await world.StartEngineAsync($"leech-{swarm}", await dht.AddAsync())).Add(swarm);
            await torrent.MetadataAsync(TestContext.Current.CancellationToken);
            Assert.Equal(await world.ReadContentAsync(info), await SwarmWorld.ReadAsync(torrent, 0, info.Length));
        }
    }
}
