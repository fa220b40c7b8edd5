using System.Globalization;
using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>
/// 200 readers on 20 torrents, each at its own place and as fast as it gets bytes: how far the slowest and the fastest are from the mean.
/// In every second turn each torrent has one more reader, which took a byte and then stopped; the others' rate beside them is held
/// against their rate without.
/// </summary>
internal sealed class FairReaders : IFigure
{
    private const int Torrents = 20;
    private const int ReadersPerTorrent = 10;
    private const int Mebi = 1024 * 1024;
    private const int PieceLength = Mebi / 4;
    private const long Share = 48 * Mebi;
    private const long Length = (ReadersPerTorrent + 1) * Share;
    private const long CacheBytes = 1024L * Mebi;
    private const int Turns = 8;
    private const double Tolerance = 0.2;

    // What turns of a noisy machine differ by anyway.
    private const double StoppedTolerance = 0.1;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);

    public string Name => "fair-readers";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var lab = await SeederLab.StartAsync(Torrents, Length, PieceLength, [], cancellationToken);
        await using var engine = new SwarmEngine(
            new SwarmOptions
            {
                Directory = lab.OutDirectory,
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                ConnectGuard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true }),
                // As a relay has it; without, gigabytes of fresh memory would be measured rather than readers.
                Layout = StorageLayout.ByIndex,
                CacheBytes = CacheBytes,
            },
            dht: null, TimeProvider.System, NullLoggerFactory.Instance, meterFactory: null);
        await engine.StartAsync(cancellationToken);
        var peers = SeederLab.Peers(0).Select(IPEndPoint.Parse).ToArray();
        var torrents = new List<Torrent>();
        foreach (var file in lab.Torrents)
        {
            torrents.Add(engine.Add((await TorrentFile.LoadAsync(file, cancellationToken)).Info, peers));
            await torrents[^1].MetadataAsync(cancellationToken);
        }

        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var counts = new long[Torrents * ReadersPerTorrent];
        var reading = counts.Select((_, reader) => ReadAsync(
            torrents[reader / ReadersPerTorrent], reader % ReadersPerTorrent * Share, count => Interlocked.Add(ref counts[reader], count), done.Token)).ToArray();
        // Peers connect, code is compiled, and whoever came first has a start.
        await Task.Delay(WarmUp, cancellationToken);
        var shares = new double[counts.Length];
        var (alone, beside) = (0.0, 0.0);
        for (var turn = 0; turn < Turns; turn++)
        {
            var withStopped = turn % 2 == 1;
            var stopped = withStopped ? await StoppedAsync(torrents, cancellationToken) : [];
            var before = Snapshot(counts);
            await Task.Delay(Turn, cancellationToken);
            var got = Snapshot(counts).Zip(before, (after, at) => after - at).ToArray();
            foreach (var stream in stopped)
            {
                await stream.DisposeAsync();
            }
            var rate = got.Sum() / Turn.TotalSeconds / 1e6;
            (alone, beside) = withStopped ? (alone, Math.Max(beside, rate)) : (Math.Max(alone, rate), beside);
            shares = [.. shares.Zip(got, (sum, bytes) => sum + bytes)];
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"turn {turn + 1}: {rate:f0} MB/s in all, the slowest {got.Min() / got.Average():f2} and the fastest {got.Max() / got.Average():f2} of the mean{(withStopped ? ", beside readers that stopped" : "")}; {Twice(torrents):f1} % twice"));
        }
        await done.CancelAsync();
        await Task.WhenAll(reading);
        return Report(shares, alone, beside);
    }

    private Figure Report(double[] shares, double alone, double beside)
    {
        var mean = shares.Average();
        var (slowest, fastest) = (shares.Min() / mean, shares.Max() / mean);
        var perReader = mean / (Turns * Turn.TotalSeconds) / 1e6;
        return new Figure
        {
            Name = Name,
            Value = Math.Round(slowest * perReader, 3),
            Unit = "MB/s of the slowest reader",
            Reference = "mean of 200 readers on 20 torrents",
            ReferenceValue = Math.Round(perReader, 3),
            Ratio = Math.Round(slowest, 3),
            Budget = "slowest >= 0.8 and fastest <= 1.2 of the mean; all together beside 20 that stopped >= 0.9 of without",
            Pass = slowest >= 1 - Tolerance && fastest <= 1 + Tolerance && beside >= alone * (1 - StoppedTolerance),
            Details = new Dictionary<string, double>
            {
                ["fastest"] = Math.Round(fastest, 3), ["MB/s alone"] = Math.Round(alone, 1), ["MB/s beside stopped"] = Math.Round(beside, 1),
            },
        };
    }

    /// <summary>Percent of the bytes that came a second time, since the beginning.</summary>
    private static double Twice(List<Torrent> torrents) =>
        100.0 * torrents.Sum(torrent => torrent.Totals.DuplicateBytes) / torrents.Sum(torrent => torrent.Totals.UsefulBytes);

    private static long[] Snapshot(long[] counts) => [.. Enumerable.Range(0, counts.Length).Select(i => Interlocked.Read(ref counts[i]))];

    private static async Task ReadAsync(Torrent torrent, long offset, Action<int> received, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        await using var stream = torrent.OpenRead(offset, Share);
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer, cancellationToken);
                received(read);
                if (stream.Position == stream.Length)
                {
                    // What was here is long out of the cache.
                    stream.Position = 0;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The last turn is over.
        }
    }

    private static async Task<List<Stream>> StoppedAsync(List<Torrent> torrents, CancellationToken cancellationToken)
    {
        var streams = new List<Stream>();
        foreach (var torrent in torrents)
        {
            var stream = torrent.OpenRead(ReadersPerTorrent * Share, Share);
            streams.Add(stream);
            await stream.ReadExactlyAsync(new byte[1], cancellationToken);
        }
        return streams;
    }
}
