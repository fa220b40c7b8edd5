namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>
/// Peak resident memory of the leeching process, the greatest of all runs. libtorrent's holds the content itself, which it maps; aria2 and
/// Transmission are for orientation.
/// </summary>
internal sealed class LeechMemory : IFigure
{
    private const double MaxMebibytes = 200;

    public string Name => "leech-memory";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var lab = await LeechLab.StartAsync(LeechCase.All, cancellationToken);
        var results = await LeechMeasurement.RunAsync(lab, cancellationToken);
        var details = new Dictionary<string, double>();
        foreach (var result in results)
        {
            details[result.Case.Name] = Math.Round(result.Ours.PeakMebibytes, 1);
            details[$"{result.Case.Name} libtorrent"] = Math.Round(result.Theirs.PeakMebibytes, 1);
        }
        foreach (var (name, run) in await LeechMeasurement.RunOthersAsync(lab, cancellationToken))
        {
            details[name] = Math.Round(run.PeakMebibytes, 1);
        }
        var worst = results.MaxBy(result => result.Ours.PeakMebibytes)!;
        return new Figure
        {
            Name = Name,
            Value = Math.Round(worst.Ours.PeakMebibytes, 1),
            Unit = "MiB",
            Reference = $"libtorrent, same seeders ({worst.Case.Name})",
            ReferenceValue = Math.Round(worst.Theirs.PeakMebibytes, 1),
            Ratio = Math.Round(worst.Ours.PeakMebibytes / worst.Theirs.PeakMebibytes, 3),
            Budget = "<= 200 MiB in every run",
            Pass = worst.Ours.PeakMebibytes <= MaxMebibytes,
            Details = details,
        };
    }
}
