using System.Globalization;
using System.Text.Json;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>
/// From a magnet to the first verified byte of a stream at the beginning, in the middle and at the end, from four seeders, beside
/// libtorrent with piece deadlines: medians of several torrents, each client in one process that has done a few before. Value and
/// reference are of the worst case.
/// </summary>
internal sealed class FirstByte : IFigure
{
    private const int Kibi = 1024;
    private const long Length = 64L * Kibi * Kibi;
    private const int PieceLength = Kibi * Kibi;
    private const int WarmUp = 3;
    private const int Measured = 9;

    private static readonly int[] Places = [0, 500, 1000];
    private static readonly int[] RoundTrips = [0, 50];
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1);

    public string Name => "first-byte";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        var perCase = WarmUp + Measured;
        await using var lab = await SeederLab.StartAsync(perCase, Length, PieceLength, RoundTrips.Where(delay => delay > 0), cancellationToken);
        var magnets = new List<string>();
        foreach (var torrent in lab.Torrents)
        {
            magnets.Add($"magnet:?xt=urn:btih:{(await TorrentFile.LoadAsync(torrent, cancellationToken)).Info.InfoHash}");
        }
        var details = new Dictionary<string, double>();
        var (worst, ours, theirs) = (0.0, 0.0, 0.0);
        foreach (var roundTrip in RoundTrips)
        {
            foreach (var place in Places)
            {
                var (our, their) = await MeasureAsync(lab, magnets, roundTrip, place, cancellationToken);
                var name = string.Create(CultureInfo.InvariantCulture, $"{roundTrip} ms, {place / 10} %");
                details[name] = Math.Round(our, 1);
                details[$"{name} libtorrent"] = Math.Round(their, 1);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {our:f0} ms, libtorrent {their:f0} ms"));
                if (our / their > worst)
                {
                    (worst, ours, theirs) = (our / their, our, their);
                }
            }
        }
        return new Figure
        {
            Name = Name,
            Value = Math.Round(ours, 1),
            Unit = "ms",
            Reference = "libtorrent with piece deadlines, same seeders, the worst case",
            ReferenceValue = Math.Round(theirs, 1),
            Ratio = Math.Round(worst, 3),
            Budget = "median <= libtorrent's in every case",
            Pass = worst <= 1,
            Details = details,
        };
    }

    /// <returns>Medians in milliseconds.</returns>
    private static async Task<(double Ours, double Theirs)> MeasureAsync(
        SeederLab lab, List<string> magnets, int roundTrip, int place, CancellationToken cancellationToken)
    {
        var permille = place.ToString(CultureInfo.InvariantCulture);
        var ourDirectory = Path.Combine(lab.OutDirectory, "ours");
        var theirDirectory = Path.Combine(lab.OutDirectory, "theirs");
        try
        {
            var peers = SeederLab.Peers(roundTrip);
            await using var us = await LabProcess.StartAsync(
                Environment.ProcessPath!, [Interop.SwarmShell.Name, "first", ourDirectory, permille, .. peers], cancellationToken);
            await using var them = await LabProcess.StartAsync(
                SeederLab.Script("stream-leech.py"), [theirDirectory, "127.86.0.100:0", permille, .. peers], cancellationToken);
            var (ours, theirs) = (new List<double>(), new List<double>());
            foreach (var magnet in magnets)
            {
                ours.Add(await AskAsync(us, magnet, cancellationToken));
                theirs.Add(await AskAsync(them, magnet, cancellationToken));
            }
            return (Median(ours.Skip(WarmUp)), Median(theirs.Skip(WarmUp)));
        }
        finally
        {
            Directory.Delete(lab.OutDirectory, recursive: true);
        }
    }

    private static async Task<double> AskAsync(LabProcess process, string magnet, CancellationToken cancellationToken)
    {
        using var answer = JsonDocument.Parse(await process.AskAsync(magnet, AnswerLimit, cancellationToken));
        return answer.RootElement.GetProperty("milliseconds").GetDouble();
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
