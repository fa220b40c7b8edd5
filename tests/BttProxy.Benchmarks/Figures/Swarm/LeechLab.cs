using System.Globalization;

namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>
/// Content in memory, four libtorrent seeders in processes of their own, delays before them, and leechers that are run one at a time.
/// Loopback only.
/// </summary>
internal sealed class LeechLab : IAsyncDisposable
{
    private const int Seeders = 4;
    private const int Port = 6881;
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _directory = Directory.CreateDirectory($"/dev/shm/bttproxy-leech-{Environment.ProcessId}");
    private readonly List<LabProcess> _processes = [];
    private readonly string _scripts = Path.Combine(Repository.Root, "tests", "interop", "lib");

    private LeechLab()
    {
    }

    private string SeedDirectory => Path.Combine(_directory.FullName, "seed");

    private string OutDirectory => Path.Combine(_directory.FullName, "out");

    public static async Task<LeechLab> StartAsync(IReadOnlyCollection<LeechCase> cases, CancellationToken cancellationToken)
    {
        var lab = new LeechLab();
        try
        {
            await LabProcess.RunAsync(Path.Combine(Repository.Root, "tests", "interop", "install"), [], RunLimit, cancellationToken);
            foreach (var content in cases.DistinctBy(entry => entry.Content))
            {
                await LabProcess.RunAsync(
                    lab.Script("make-content.py"),
                    [lab.SeedDirectory, "--name", content.Content, "--bytes", Text(content.Length), "--piece", Text(content.PieceLength)],
                    RunLimit, cancellationToken);
            }
            string[] torrents = [.. cases.Select(entry => lab.TorrentOf(entry)).Distinct()];
            for (var i = 0; i < Seeders; i++)
            {
                await lab.StartProcessAsync("speed-seed.py", [SeederAddress(i), lab.SeedDirectory, .. torrents], cancellationToken);
            }
            foreach (var roundTrip in cases.Select(entry => entry.RoundTripMilliseconds).Where(delay => delay > 0).Distinct())
            {
                var pairs = Enumerable.Range(0, Seeders).Select(i => $"{ProxyAddress(i, roundTrip)}={SeederAddress(i)}");
                await lab.StartProcessAsync("delay-proxy.py", [Text(roundTrip), .. pairs], cancellationToken);
            }
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public Task<LeechRun> RunOursAsync(LeechCase entry, CancellationToken cancellationToken) => MeasureAsync(
        entry, [Environment.ProcessPath!, Interop.SwarmShell.Name, "get", TorrentOf(entry), OutDirectory, .. PeersOf(entry)], cancellationToken);

    public Task<LeechRun> RunLibtorrentAsync(LeechCase entry, CancellationToken cancellationToken) => MeasureAsync(
        entry, [Script("speed-leech.py"), TorrentOf(entry), OutDirectory, "127.85.0.100:0", .. PeersOf(entry)], cancellationToken);

    /// <summary>A client that cannot be told addresses to dial: the first seeder dials it.</summary>
    /// <param name="script">speed-aria2 or speed-transmission.</param>
    /// <param name="address">Where the client listens.</param>
    /// <param name="entry">A case with one seeder and no delay.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<LeechRun> RunDialledAsync(string script, string address, LeechCase entry, CancellationToken cancellationToken)
    {
        await _processes[0].TellAsync($"dial {address}");
        try
        {
            return await MeasureAsync(entry, [Script(script), TorrentOf(entry), OutDirectory, address], cancellationToken);
        }
        finally
        {
            await _processes[0].TellAsync("dial");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
        _directory.Delete(recursive: true);
    }

    private static string SeederAddress(int seeder) => $"127.85.0.{11 + seeder}:{Port}";

    private static string ProxyAddress(int seeder, int roundTrip) => $"127.85.{roundTrip}.{11 + seeder}:{Port}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string[] PeersOf(LeechCase entry) => [.. Enumerable.Range(0, entry.Seeders).Select(
        i => entry.RoundTripMilliseconds > 0 ? ProxyAddress(i, entry.RoundTripMilliseconds) : SeederAddress(i))];

    private string TorrentOf(LeechCase entry) => Path.Combine(SeedDirectory, $"{entry.Content}.torrent");

    private string Script(string name) => Path.Combine(_scripts, name);

    private async Task StartProcessAsync(string script, string[] arguments, CancellationToken cancellationToken) =>
        _processes.Add(await LabProcess.StartAsync(Script(script), arguments, cancellationToken));

    private async Task<LeechRun> MeasureAsync(LeechCase entry, string[] command, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(OutDirectory);
        try
        {
            var run = LeechRun.Parse(await LabProcess.RunAsync(Script("measure.py"), command, RunLimit, cancellationToken));
            await LabProcess.RunAsync(
                "cmp", [Path.Combine(SeedDirectory, entry.Content), Path.Combine(OutDirectory, entry.Content)], RunLimit, cancellationToken);
            return run;
        }
        finally
        {
            Directory.Delete(OutDirectory, recursive: true);
        }
    }
}
