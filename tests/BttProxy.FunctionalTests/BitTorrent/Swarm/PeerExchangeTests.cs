using System.Net;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Peer exchange (BEP 11) between engines, and with peers that abuse it.</summary>
public sealed class PeerExchangeTests : IAsyncDisposable
{
    private readonly SwarmWorld _world = new();

    [Fact]
    public async Task SeederThatOnlyAnotherPeerKnows_IsFound()
    {
        var info = await _world.CreateContentAsync("content", 65_536, ("file", 1_000_000));
        var (seeder, leech) = await StartAsync(info, "127.0.14.1");
        await SwarmWorld.UntilAsync(() => leech.Have is { IsComplete: true }, "the download");
        Assert.Equal(PeerSource.PeerExchange, leech.State.Book.SourceOf(seeder));
    }

    [Fact]
    public async Task PeersOfAPrivateTorrent_AreNotTold()
    {
        var info = await _world.CreateContentAsync("content", 65_536, ("file", 1_000_000));
        var secret = TorrentInfo.Parse((byte[])[.. info.RawBytes.Span[..^1], .. "7:privatei1ee"u8]);
        var (seeder, leech) = await StartAsync(secret, "127.0.14.2");
        // The same content as a public torrent shows that by now the other leech would know.
        var (_, other) = await StartAsync(info, "127.0.14.3");
        await SwarmWorld.UntilAsync(() => other.Have is { IsComplete: true }, "the download");

        Assert.False(leech.Have!.IsComplete);
        Assert.Null(leech.State.Book.SourceOf(seeder));
    }

    [Fact]
    public async Task PeerThatFloodsWithAddresses_IsCutOff_AndTheDownloadGoesOn()
    {
        await using var world = await HostileWorld.CreateAsync();
        await using var attacker = RawPeer.Start(async connection =>
        {
            await connection.OfferAsync();
            var flood = new PeerExchangeMessage(
                [.. Enumerable.Range(1000, 50).Select(port => new ExchangedPeer(new IPEndPoint(IPAddress.Parse("127.0.14.9"), port), ExchangedPeerFlags.None))], []);
            while (true)
            {
                await connection.SendAsync(PeerMessageId.Extended, [PeerExchangeMessage.LocalId, .. flood.Write()]);
            }
        });
        var torrent = await world.DownloadAsync(attacker);
        await world.UntilEndedAsync(DropReason.PeerExchangeFlood);
        await world.FinishAsync(torrent);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>A seeder, a hub that knows it and wants one piece, and a leech that wants everything and knows the hub.</summary>
    private async Task<(IPEndPoint Seeder, Torrent Leech)> StartAsync(TorrentInfo info, string address)
    {
        var seeder = await _world.StartSeederAsync(info, address: address);
        var hub = await _world.StartEngineAsync($"hub-{address}", address: address);
        var first = hub.Add(info, [seeder.LocalEndPoint]);
        await first.MetadataAsync(TestContext.Current.CancellationToken);
        await SwarmWorld.ReadAsync(first, 0, 1000);
        var engine = await _world.StartEngineAsync($"leech-{address}", address: address);
        var leech = engine.Add(info, [hub.LocalEndPoint]);
        leech.DownloadAll();
        await leech.MetadataAsync(TestContext.Current.CancellationToken);
        return (seeder.LocalEndPoint, leech);
    }
}
