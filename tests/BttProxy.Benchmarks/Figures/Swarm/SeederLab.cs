using System.Globalization;

namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>One content under many names, seeded as so many torrents by four libtorrent processes, near and behind a delay. Loopback only.</summary>
internal sealed class SeederLab : IAsyncDisposable
{
    private const int Seeders = 4;
    private const int Port = 6881;
    private const string Content = "content";
    private static readonly TimeSpan PrepareLimit = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _directory = Directory.CreateDirectory($"/dev/shm/bttproxy-streams-{Environment.ProcessId}");
    private readonly List<LabProcess> _processes = [];

    private SeederLab()
    {
    }

    /// <summary>The torrents' files.</summary>
    public IReadOnlyList<string> Torrents { get; private set; } = [];

    /// <summary>An empty place for what is downloaded.</summary>
    public string OutDirectory => Directory.CreateDirectory(Path.Combine(_directory.FullName, "out")).FullName;

    /// <param name="torrents">How many.</param>
    /// <param name="length">Bytes of the content.</param>
    /// <param name="pieceLength">Bytes of a piece.</param>
    /// <param name="roundTrips">Delays, in milliseconds, at which the seeders can be reached too.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<SeederLab> StartAsync(
        int torrents, long length, int pieceLength, IEnumerable<int> roundTrips, CancellationToken cancellationToken)
    {
        var lab = new SeederLab();
        try
        {
            await LabProcess.RunAsync(Path.Combine(Repository.Root, "tests", "interop", "install"), [], PrepareLimit, cancellationToken);
            var seed = Path.Combine(lab._directory.FullName, "seed");
            await LabProcess.RunAsync(
                Script("make-content.py"),
                [seed, "--name", Content, "--bytes", Text(length), "--piece", Text(pieceLength), "--copies", Text(torrents)],
                PrepareLimit, cancellationToken);
            lab.Torrents = [.. Enumerable.Range(1, torrents).Select(i => Path.Combine(seed, $"{Content}-{i}.torrent"))];
            for (var i = 0; i < Seeders; i++)
            {
                lab._processes.Add(await LabProcess.StartAsync(
                    Script("speed-seed.py"), [Address(i, 0), seed, .. lab.Torrents], cancellationToken));
            }
            foreach (var roundTrip in roundTrips)
            {
                var pairs = Enumerable.Range(0, Seeders).Select(i => $"{Address(i, roundTrip)}={Address(i, 0)}");
                lab._processes.Add(await LabProcess.StartAsync(
                    Script("delay-proxy.py"), [Text(roundTrip), .. pairs], cancellationToken));
            }
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public static string Script(string name) => Path.Combine(Repository.Root, "tests", "interop", "lib", name);

    public static IReadOnlyList<string> Peers(int roundTrip) => [.. Enumerable.Range(0, Seeders).Select(i => Address(i, roundTrip))];

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
        _directory.Delete(recursive: true);
    }

    private static string Address(int seeder, int roundTrip) => $"127.86.{roundTrip}.{11 + seeder}:{Port}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
