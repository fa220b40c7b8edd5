namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>
/// Processor seconds of the whole leeching process per gigabyte, beside libtorrent's. Value and reference are of the worst case of 1 GiB. The
/// far cases are of a quarter of that, so that the half second in which a process starts and compiles is a third of theirs: they are in
/// the details, and their budget is a rate. aria2 and Transmission are for orientation.
/// </summary>
internal sealed class LeechCpu : IFigure
{
    private const double MaxRatio = 1.2;

    public string Name => "leech-cpu";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var lab = await LeechLab.StartAsync(LeechCase.All, cancellationToken);
        var results = await LeechMeasurement.RunAsync(lab, cancellationToken);
        var details = new Dictionary<string, double>();
        foreach (var result in results)
        {
            details[result.Case.Name] = Math.Round(result.OurCpuPerGigabyte, 2);
            details[$"{result.Case.Name} libtorrent"] = Math.Round(result.TheirCpuPerGigabyte, 2);
        }
        foreach (var (name, run) in await LeechMeasurement.RunOthersAsync(lab, cancellationToken))
        {
            details[name] = Math.Round(run.CpuSeconds / (LeechCase.Common.Length / 1e9), 2);
        }
        var worst = results.Where(result => result.Case.RoundTripMilliseconds == 0).MaxBy(result => result.CpuRatio)!;
        return new Figure
        {
            Name = Name,
            Value = Math.Round(worst.OurCpuPerGigabyte, 2),
            Unit = "CPU s/GB",
            Reference = $"libtorrent, same seeders ({worst.Case.Name}, the worst case of 1 GiB)",
            ReferenceValue = Math.Round(worst.TheirCpuPerGigabyte, 2),
            Ratio = Math.Round(worst.CpuRatio, 3),
            Budget = "ratio <= 1.2 in every case of 1 GiB",
            Pass = worst.CpuRatio <= MaxRatio,
            Details = details,
        };
    }
}
