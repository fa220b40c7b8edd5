namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>Bytes that arrived twice or unasked, in percent of the content, the greatest share of all runs.</summary>
internal sealed class DuplicateBytes : IFigure
{
    private const double MaxPercent = 2;

    public string Name => "duplicate-bytes";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var lab = await LeechLab.StartAsync(LeechCase.All, cancellationToken);
        var results = await LeechMeasurement.RunAsync(lab, cancellationToken);
        var worst = results.MaxBy(result => result.DuplicatePercent)!;
        return new Figure
        {
            Name = Name,
            Value = Math.Round(worst.DuplicatePercent, 3),
            Unit = "%",
            Reference = "bytes of the content, in %",
            ReferenceValue = 100,
            Ratio = Math.Round(worst.DuplicatePercent / 100, 5),
            Budget = "<= 2 % in every run",
            Pass = worst.DuplicatePercent <= MaxPercent,
            Details = results.ToDictionary(result => result.Case.Name, result => Math.Round(result.DuplicatePercent, 3)),
        };
    }
}
