using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Swarm;
using BttProxy.FunctionalTests.BitTorrent.Dht;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

public sealed class TransportTests
{
    [Theory]
    [InlineData(PeerTransports.Utp, PeerTransports.Utp)]
    [InlineData(PeerTransports.Utp, PeerTransports.TcpAndUtp)]
    [InlineData(PeerTransports.TcpAndUtp, PeerTransports.Utp)]
    [InlineData(PeerTransports.TcpAndUtp, PeerTransports.Tcp)]
    public async Task TransportsThatHaveOneInCommon_MeetOverIt(PeerTransports seeding, PeerTransports leeching)
    {
        await using var world = new SwarmWorld();
        var info = await world.CreateContentAsync("content", 64 * 1024, ("file.bin", 3_000_000));
        var seeder = await world.StartEngineAsync("seeder", configure: options => options with { Transports = seeding });
        await seeder.AddSeedAsync(info, world.ContentPath(info.Name), TestContext.Current.CancellationToken);
        var leecher = await world.StartEngineAsync("leecher", configure: options => options with { Transports = leeching });

        var torrent = leecher.Add(info, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(TestContext.Current.CancellationToken);
        Assert.Equal(await world.ReadContentAsync(info), await SwarmWorld.ReadAsync(torrent, 0, info.Length));
        var usesUtp = seeding == PeerTransports.Utp || leeching == PeerTransports.Utp;
        Assert.Equal(usesUtp, leecher.Context.Utp.Sum(utp => utp.Count) > 0);
    }

    [Fact]
    public async Task TransportsWithNothingInCommon_NeverMeet()
    {
        await using var world = new SwarmWorld();
        var info = await world.CreateContentAsync("content", 64 * 1024, ("file.bin", 100_000));
        var seeder = await world.StartEngineAsync("seeder", configure: options => options with { Transports = PeerTransports.Utp });
        await seeder.AddSeedAsync(info, world.ContentPath(info.Name), TestContext.Current.CancellationToken);
        var leecher = await world.StartEngineAsync("leecher", configure: options => options with { Transports = PeerTransports.Tcp });
        var torrent = leecher.Add(info, [seeder.LocalEndPoint]);
        await torrent.MetadataAsync(TestContext.Current.CancellationToken);
        await using var stream = torrent.OpenRead(0, 1);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(new byte[1], patience.Token));
        Assert.Empty(leecher.Context.Utp);
    }

    [Fact]
    public async Task OnThePortOfTheDht_UtpAndDhtWorkSideBySide()
    {
        await using var dht = await DhtNetwork.StartAsync(8);
        await using var world = new SwarmWorld();
        var info = await world.CreateContentAsync("content", 64 * 1024, ("file.bin", 3_000_000));
        SwarmOptions At(DhtNode node, SwarmOptions options) => options with { Listen = node.LocalEndPoint, Transports = PeerTransports.Utp };
        // The peers' port is the DHT's: on addresses of their own, where no other test holds it for TCP.
        var (one, two) = (await dht.AddAsync("127.0.77.1"), await dht.AddAsync("127.0.77.2"));
        var seeder = await world.StartEngineAsync("seeder", one, options => At(one, options));
        await seeder.AddSeedAsync(info, world.ContentPath(info.Name), TestContext.Current.CancellationToken);
        var leecher = await world.StartEngineAsync("leecher", two, options => At(two, options));

        var torrent = leecher.Add(info.InfoHash);
        await torrent.MetadataAsync(TestContext.Current.CancellationToken);
        Assert.Equal(await world.ReadContentAsync(info), await SwarmWorld.ReadAsync(torrent, 0, info.Length));
    }
}
