using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.Benchmarks.Interop;

/// <summary>
/// The swarm engine from a script, on loopback: <c>swarm get TORRENT|MAGNET DIR IP:PORT...</c> downloads, prints one JSON line and
/// ends; <c>swarm read ...</c> does it through a stream; <c>swarm seed TORRENT CONTENT IP:PORT</c> prints "ready" and serves until it
/// is told to stop; <c>swarm first DIR PERMILLE IP:PORT...</c> takes magnets from its standard input, one a line, and prints for each how
/// long the first byte at that place took.
/// </summary>
internal static class SwarmShell
{
    public const string Name = "swarm";

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        switch (args)
        {
            case ["get" or "read", var source, var directory, .. var peers]:
                return await GetAsync(source, directory, [.. peers.Select(IPEndPoint.Parse)], args[0] == "read", cancellationToken);
            case ["first", var directory, var permille, .. var peers]:
                return await FirstAsync(
                    directory, int.Parse(permille, CultureInfo.InvariantCulture), [.. peers.Select(IPEndPoint.Parse)], cancellationToken);
            case ["seed", var torrent, var content, var listen]:
                return await SeedAsync(torrent, content, IPEndPoint.Parse(listen), cancellationToken);
            default:
                await Console.Error.WriteLineAsync(
                    "usage: swarm get|read TORRENT|MAGNET DIRECTORY [PEER ...] | swarm seed TORRENT CONTENT LISTEN | swarm first DIRECTORY PERMILLE PEER ...");
                return 2;
        }
    }

    private static async Task<int> GetAsync(
        string source, string directory, IPEndPoint[] peers, bool throughStream, CancellationToken cancellationToken)
    {
        await using var engine = Create(directory, new IPEndPoint(IPAddress.Loopback, 0));
        await engine.StartAsync(cancellationToken);
        var watch = Stopwatch.StartNew();
        var torrent = MagnetLink.TryParse(source, out var link)
            ? engine.Add(link, peers)
            : engine.Add((await TorrentFile.LoadAsync(source, cancellationToken)).Info, peers);
        var info = await torrent.MetadataAsync(cancellationToken);
        if (throughStream)
        {
            await using var stream = torrent.OpenRead(0, info.Length);
            await stream.CopyToAsync(Stream.Null, 256 * 1024, cancellationToken);
        }
        torrent.DownloadAll();
        while (!torrent.Have!.IsComplete)
        {
            await Task.Delay(5, cancellationToken);
        }
        var totals = torrent.Totals;
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            seconds = watch.Elapsed.TotalSeconds,
            bytes = totals.UsefulBytes,
            megabytesPerSecond = totals.UsefulBytes / 1e6 / watch.Elapsed.TotalSeconds,
            cpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
            duplicateBytes = totals.DuplicateBytes,
            peakMebibytes = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
        }));
        return 0;
    }

    private static async Task<int> FirstAsync(string directory, int permille, IPEndPoint[] peers, CancellationToken cancellationToken)
    {
        await using var engine = Create(directory, new IPEndPoint(IPAddress.Loopback, 0));
        await engine.StartAsync(cancellationToken);
        Console.WriteLine("ready");
        var buffer = new byte[16 * 1024];
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            var watch = Stopwatch.StartNew();
            var infoHash = MagnetLink.Parse(line).InfoHash;
            var torrent = engine.Add(infoHash, peers);
            var info = await torrent.MetadataAsync(cancellationToken);
            await using (var stream = torrent.OpenRead(0, info.Length))
            {
                stream.Position = Math.Min(info.Length * permille / 1000, info.Length - 1);
                await stream.ReadExactlyAsync(buffer.AsMemory(0, 1), cancellationToken);
                Console.WriteLine(JsonSerializer.Serialize(new { milliseconds = watch.Elapsed.TotalMilliseconds }));
            }
            await engine.RemoveAsync(infoHash);
        }
        return 0;
    }

    private static async Task<int> SeedAsync(string torrentFile, string content, IPEndPoint listen, CancellationToken cancellationToken)
    {
        var info = (await TorrentFile.LoadAsync(torrentFile, cancellationToken)).Info;
        await using var engine = Create(Path.GetTempPath(), listen);
        await engine.StartAsync(cancellationToken);
        await engine.AddSeedAsync(info, content, cancellationToken);
        Console.WriteLine($"ready {engine.LocalEndPoint}");
        await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return 0;
    }

    private static SwarmEngine Create(string directory, IPEndPoint listen) => new(
        new SwarmOptions
        {
            Directory = directory,
            Listen = listen,
            // Speed is compared in clear: the other clients are set so too, and a dial that they refuse would count against us.
            Encryption = EncryptionPolicy.Off,
            ConnectGuard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true }),
        },
        dht: null, TimeProvider.System, NullLoggerFactory.Instance, meterFactory: null);
}
