namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>
/// Download rate beside libtorrent's from the same seeders, best of each in one interleaved run: one and four seeders, and one far away.
/// Value and reference are those of the case with the worst ratio. aria2 and Transmission are for orientation.
/// </summary>
internal sealed class LeechThroughput : IFigure
{
    public string Name => "leech-throughput";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var lab = await LeechLab.StartAsync(LeechCase.All, cancellationToken);
        var results = await LeechMeasurement.RunAsync(lab, cancellationToken);
        var details = new Dictionary<string, double>();
        foreach (var result in results)
        {
            details[result.Case.Name] = Math.Round(result.OurRate, 1);
            details[$"{result.Case.Name} libtorrent"] = Math.Round(result.TheirRate, 1);
        }
        foreach (var (name, run) in await LeechMeasurement.RunOthersAsync(lab, cancellationToken))
        {
            details[name] = Math.Round(LeechCase.Common.Length / 1e6 / run.Seconds, 1);
        }
        var worst = results.MinBy(result => result.RateRatio)!;
        return new Figure
        {
            Name = Name,
            Value = Math.Round(worst.OurRate, 1),
            Unit = "MB/s",
            Reference = $"libtorrent, same seeders ({worst.Case.Name}, the worst case)",
            ReferenceValue = Math.Round(worst.TheirRate, 1),
            Ratio = Math.Round(worst.RateRatio, 3),
            Budget = "ratio >= 1 in every case",
            Pass = worst.RateRatio >= 1,
            Details = details,
        };
    }
}
