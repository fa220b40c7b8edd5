using System.Globalization;

namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>All cases, several rounds, us and libtorrent by turns so that both have the same neighbours on the machine.</summary>
internal static class LeechMeasurement
{
    private const int Rounds = 3;

    private static readonly (string Client, string Script, string Address)[] Others =
    [
        ("aria2", "speed-aria2.sh", "127.85.0.101:7101"),
        ("Transmission", "speed-transmission.sh", "127.85.0.102:7102"),
    ];

    public static async Task<LeechResult[]> RunAsync(LeechLab lab, CancellationToken cancellationToken)
    {
        var ours = LeechCase.All.ToDictionary(entry => entry, _ => new List<LeechRun>());
        var theirs = LeechCase.All.ToDictionary(entry => entry, _ => new List<LeechRun>());
        for (var round = 1; round <= Rounds; round++)
        {
            foreach (var entry in LeechCase.All)
            {
                // Whoever is first finds the seeders' caches colder.
                if (round % 2 == 0)
                {
                    theirs[entry].Add(await lab.RunLibtorrentAsync(entry, cancellationToken));
                    ours[entry].Add(await lab.RunOursAsync(entry, cancellationToken));
                }
                else
                {
                    ours[entry].Add(await lab.RunOursAsync(entry, cancellationToken));
                    theirs[entry].Add(await lab.RunLibtorrentAsync(entry, cancellationToken));
                }
                Report(round, new LeechResult(entry, ours[entry][^1], theirs[entry][^1]));
            }
        }
        return [.. LeechCase.All.Select(entry => new LeechResult(entry, LeechRun.Best(ours[entry]), LeechRun.Best(theirs[entry])))];
    }

    /// <summary>One run each of clients that are there for orientation, at the common case.</summary>
    public static async Task<IReadOnlyList<(string Name, LeechRun Run)>> RunOthersAsync(LeechLab lab, CancellationToken cancellationToken)
    {
        var runs = new List<(string, LeechRun)>();
        foreach (var (client, script, address) in Others)
        {
            runs.Add(($"{LeechCase.Common.Name} {client}", await lab.RunDialledAsync(script, address, LeechCase.Common, cancellationToken)));
        }
        return runs;
    }

    private static void Report(int round, LeechResult result) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"round {round}, {result.Case.Name}: {result.OurRate:n0} MB/s, {result.OurCpuPerGigabyte:n1} CPU s/GB, {result.Ours.PeakMebibytes:n0} MiB, {result.DuplicatePercent:n2} % twice; libtorrent {result.TheirRate:n0} MB/s, {result.TheirCpuPerGigabyte:n1} CPU s/GB, {result.Theirs.PeakMebibytes:n0} MiB"));
}
