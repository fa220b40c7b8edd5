using System.Diagnostics.Metrics;
using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Engines on loopback and the content that they exchange, in a folder of their own.</summary>
internal sealed class SwarmWorld : IAsyncDisposable
{
    private readonly List<SwarmEngine> _engines = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("bttproxy-swarm-").FullName;

    public string this[string relative] => Path.Join(Folder, relative);

    public static ConnectGuard Guard { get; } = new(new ConnectGuardOptions { AllowPrivateAddresses = true });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Writes deterministic files and makes a torrent of them.</summary>
    public Task<TorrentInfo> CreateContentAsync(string name, int pieceLength, params (string Path, int Length)[] files) =>
        CreateContentAsync(name, TorrentVersion.V1, pieceLength, files);

    /// <summary>Likewise, for those who know v2.</summary>
    public async Task<TorrentInfo> CreateContentAsync(
        string name, TorrentVersion version, int pieceLength, params (string Path, int Length)[] files)
    {
        foreach (var (path, length) in files)
        {
            var full = this[Path.Join("content", name, path)];
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            await File.WriteAllBytesAsync(full, bytes, Cancel);
        }
        return TorrentFile.Parse(await TorrentBuilder.CreateAsync(ContentPath(name), version, pieceLength, progress: null, Cancel)).Info;
    }

    public string ContentPath(string name) => this[Path.Join("content", name)];

    public async Task<SwarmEngine> StartEngineAsync(
        string directory, DhtNode? dht = null, Func<SwarmOptions, SwarmOptions>? configure = null, string address = "127.0.0.1",
        IMeterFactory? meters = null)
    {
        var options = new SwarmOptions
        {
            Directory = this[directory],
            ConnectGuard = Guard,
            Listen = new IPEndPoint(IPAddress.Parse(address), 0),
            LookupInterval = TimeSpan.FromSeconds(1),
        };
        var engine = new SwarmEngine(
            configure?.Invoke(options) ?? options, dht, TimeProvider.System, NullLoggerFactory.Instance, meters);
        await engine.StartAsync(Cancel);
        _engines.Add(engine);
        return engine;
    }

    public async Task<SwarmEngine> StartSeederAsync(TorrentInfo info, DhtNode? dht = null, string address = "127.0.0.1")
    {
        var engine = await StartEngineAsync($"seeder-{Guid.NewGuid():n}", dht, address: address);
        await engine.AddSeedAsync(info, ContentPath(info.Name), Cancel);
        return engine;
    }

    /// <summary>The concatenated content of a torrent that was made here.</summary>
    public async Task<byte[]> ReadContentAsync(TorrentInfo info)
    {
        using var all = new MemoryStream();
        foreach (var file in info.Files)
        {
            if (file.IsPadding)
            {
                all.Write(new byte[file.Length]);
                continue;
            }
            all.Write(await File.ReadAllBytesAsync(this[Path.Join(["content", .. file.Path])], Cancel));
        }
        return all.ToArray();
    }

    public static async Task<byte[]> ReadAsync(Torrent torrent, long offset, long length)
    {
        await using var stream = torrent.OpenRead(offset, length);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Cancel);
        return memory.ToArray();
    }

    public static Task UntilAsync(Func<bool> condition, string what) => Eventually.IsTrueAsync(condition, what);

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }
        Directory.Delete(Folder, recursive: true);
    }
}
