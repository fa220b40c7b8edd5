using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Devnet.Content;

namespace BttProxy.Devnet.World;

/// <summary>Seeds the devnet's content. Nobody is told its address: it announces itself in the DHT.</summary>
internal sealed class ContentSeeder : IAsyncDisposable
{
    private readonly DhtNode _dht;
    private readonly SwarmEngine _swarm;

    private ContentSeeder(DhtNode dht, SwarmEngine swarm)
    {
        _dht = dht;
        _swarm = swarm;
    }

    public static async Task<ContentSeeder> StartAsync(
        DevnetContent content,
        DhtNodeOptions dhtOptions,
        SwarmOptions swarmOptions,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var dht = new DhtNode(dhtOptions, timeProvider, loggerFactory);
        var seeder = new ContentSeeder(dht, new SwarmEngine(swarmOptions, dht, timeProvider, loggerFactory, meterFactory: null));
        try
        {
            await dht.StartAsync(cancellationToken);
            await dht.BootstrapAsync(cancellationToken);
            await seeder._swarm.StartAsync(cancellationToken);
            await seeder._swarm.AddSeedAsync(content.Info, Path.Combine(content.Directory, content.Info.Name), cancellationToken);
            return seeder;
        }
        catch
        {
            await seeder.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the DHT gives the seeder to whoever asks for the content.</summary>
    public async Task AnnouncedAsync(DhtCluster dht, InfoHash infoHash, CancellationToken cancellationToken)
    {
        var port = _swarm.LocalEndPoint.Port;
        while (!await dht.KnowsPeerAsync(infoHash, port, cancellationToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _swarm.DisposeAsync();
        await _dht.DisposeAsync();
    }
}
