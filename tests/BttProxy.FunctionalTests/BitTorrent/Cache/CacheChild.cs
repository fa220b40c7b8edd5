using System.Diagnostics;
using System.Net;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.FunctionalTests.BitTorrent.Swarm;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Cache;

/// <summary>
/// A process that fills and empties a piece cache until it is killed: this test program again, running one explicit test. It reads the
/// torrents of a folder at random through an engine, and notes each finished read in a file.
/// </summary>
public sealed class CacheChild
{
    public const long Budget = 4_000_000;

    private const string FolderVariable = "BTTPROXY_CACHE_CHILD";

    internal static string ProgressPath(string folder) => Path.Join(folder, "progress");

    internal static SwarmOptions Options(string folder, string address) => new()
    {
        Directory = Path.Join(folder, "cache"),
        ConnectGuard = SwarmWorld.Guard,
        Listen = new IPEndPoint(IPAddress.Parse(address), 0),
        Layout = StorageLayout.ByIndex,
        CacheBytes = Budget,
        MinReadAhead = 300_000,
    };

    internal static Process Start(string folder) => ExplicitTest.Start(typeof(CacheChild), nameof(RunUntilKilled), (FolderVariable, folder));

    /// <summary>The torrents of the folder, the same in every process.</summary>
    internal static async Task<List<(TorrentInfo Info, byte[] Content, string Path)>> TorrentsAsync(
        string folder, CancellationToken cancellationToken)
    {
        var torrents = new List<(TorrentInfo, byte[], string)>();
        foreach (var path in Directory.GetFiles(Path.Join(folder, "content")).Order(StringComparer.Ordinal))
        {
            var file = await TorrentBuilder.CreateAsync(path, 64 * 1024, progress: null, cancellationToken);
            torrents.Add((TorrentFile.Parse(file).Info, await File.ReadAllBytesAsync(path, cancellationToken), path));
        }
        return torrents;
    }

    [Fact(Explicit = true)]
    public async Task RunUntilKilled()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, "Started by the crash tests only.");
        var cancel = TestContext.Current.CancellationToken;
        var torrents = await TorrentsAsync(folder, cancel);
        await using var seeder = Create(Options(folder, "127.0.15.4") with
        {
            Directory = Path.Join(folder, "seeder"),
            Layout = StorageLayout.ByName,
            CacheBytes = null,
        });
        await using var relay = Create(Options(folder, "127.0.15.5"));
        await seeder.StartAsync(cancel);
        await relay.StartAsync(cancel);
        foreach (var (info, _, path) in torrents)
        {
            await seeder.AddSeedAsync(info, path, cancel);
        }
        await using var progress = new FileStream(ProgressPath(folder), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var random = new Random();
        while (true)
        {
            var (info, content, _) = torrents[random.Next(torrents.Count)];
            var torrent = relay.Add(info, [seeder.LocalEndPoint]);
            await torrent.MetadataAsync(cancel);
            var length = random.Next(1, 400_000);
            var offset = random.Next((int)info.Length - length);
            Assert.Equal(content[offset..(offset + length)], await SwarmWorld.ReadAsync(torrent, offset, length));
            if (random.Next(8) == 0)
            {
                await relay.RemoveAsync(info.InfoHash);
            }
            progress.WriteByte(1);
        }
    }

    private static SwarmEngine Create(SwarmOptions options) =>
        new(options, dht: null, TimeProvider.System, NullLoggerFactory.Instance, meterFactory: null);
}
