using System.Diagnostics.Metrics;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.BitTorrent.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>One engine under attack, the torrent that it is about, and the count of why connections ended.</summary>
internal sealed class HostileWorld : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricCollector<long> _ended;

    private HostileWorld() => _ended = new MetricCollector<long>(Meters, "BttProxy", "bttproxy.swarm.connections_ended");

    public SwarmWorld Swarm { get; } = new();

    public TorrentInfo Info { get; private set; } = null!;

    public byte[] Content { get; private set; } = null!;

    /// <summary>The engine under attack.</summary>
    public SwarmEngine Engine { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    /// <summary>A world whose engine has short timeouts.</summary>
    public static async Task<HostileWorld> CreateAsync(
        Func<SwarmOptions, SwarmOptions>? configure = null, int pieceLength = 64 * 1024, int length = 2_000_000)
    {
        var world = new HostileWorld();
        world.Info = await world.Swarm.CreateContentAsync("movie", pieceLength, ("m.mkv", length));
        world.Content = await world.Swarm.ReadContentAsync(world.Info);
        world.Engine = await world.Swarm.StartEngineAsync("target", address: "127.88.0.1", meters: world.Meters, configure: options =>
        {
            options = options with
            {
                BlockTimeout = TimeSpan.FromMilliseconds(500),
                HandshakeTimeout = TimeSpan.FromSeconds(1),
                // The attackers speak in clear; who attacks the encryption asks for it.
                Encryption = EncryptionPolicy.Off,
            };
            return configure?.Invoke(options) ?? options;
        });
        return world;
    }

    /// <summary>How many connections of the engine ended for the reason.</summary>
    public int Ended(DropReason reason) => (int)_ended.GetMeasurementSnapshot()
        .Where(measurement => Equals(measurement.Tags["reason"], LabelValue.Of(reason)))
        .Sum(static measurement => measurement.Value);

    public Task UntilEndedAsync(DropReason reason, int times = 1) =>
        SwarmWorld.UntilAsync(() => Ended(reason) >= times, $"{times} x {reason}");

    /// <summary>Lets the engine download everything from the given peers.</summary>
    public async Task<Torrent> DownloadAsync(params RawPeer[] peers)
    {
        var torrent = Engine.Add(Info);
        torrent.DownloadAll();
        // Messages get their meaning from the number of pieces: it is known before a peer speaks.
        await torrent.MetadataAsync(Cancel);
        foreach (var peer in peers)
        {
            torrent.AddPeer(peer.EndPoint);
        }
        return torrent;
    }

    /// <summary>Lets the engine seed the whole content.</summary>
    public Task<Torrent> SeedAsync() => Engine.AddSeedAsync(Info, Swarm.ContentPath(Info.Name), Cancel);

    /// <summary>An honest seeder comes, and everything arrives byte for byte.</summary>
    public async Task FinishAsync(Torrent torrent)
    {
        torrent.DownloadAll();
        torrent.AddPeer((await Swarm.StartSeederAsync(Info)).LocalEndPoint);
        await CompleteAsync(torrent);
    }

    public async Task CompleteAsync(Torrent torrent)
    {
        await torrent.MetadataAsync(Cancel);
        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "download");
        Assert.Equal(Content, await SwarmWorld.ReadAsync(torrent, 0, Info.Length));
        await SwarmWorld.UntilAsync(() => Engine.Context.Memory.Used == 0, "the memory of pieces comes back");
        Assert.Equal(0, Ended(DropReason.InternalError));
    }

    public byte[] Block(BlockRequest request) =>
        Content.AsSpan((request.Piece * Info.PieceLength) + request.Begin, request.Length).ToArray();

    public async ValueTask DisposeAsync()
    {
        await Swarm.DisposeAsync();
        _ended.Dispose();
        await _services.DisposeAsync();
    }
}
