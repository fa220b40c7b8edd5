using System.Text.Json;

namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>What one download took. Processor time and memory are those of the whole process, its start included; seconds are not.</summary>
internal sealed record LeechRun(double Seconds, double CpuSeconds, double PeakMebibytes, double DuplicateBytes)
{
    public static LeechRun Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new LeechRun(Number("seconds") ?? Number("wallSeconds")!.Value, Number("cpuSeconds")!.Value, Number("peakMebibytes")!.Value, Number("duplicateBytes") ?? 0);

        double? Number(string name) => document.RootElement.TryGetProperty(name, out var value) ? value.GetDouble() : null;
    }

    /// <summary>The best of several in each respect: other work on the machine only ever makes a run worse.</summary>
    public static LeechRun Best(IReadOnlyCollection<LeechRun> runs) => new(
        runs.Min(run => run.Seconds), runs.Min(run => run.CpuSeconds), runs.Max(run => run.PeakMebibytes), runs.Max(run => run.DuplicateBytes));
}
