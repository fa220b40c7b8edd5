using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using BttProxy.UnitTests.Histories.World;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Generated histories of three payers and three relays, honest and hostile, with faults and lost processes between, against the contract's
/// bytecode on the embedded node's chain: after how many an invariant did not hold. Relays and payers run their own rules and ledger files;
/// the network between them is a direct call.
/// </summary>
internal sealed class Histories : IFigure
{
    private const int Count = 3_200;
    private const int Steps = 60;
    private const int FirstSeed = 1_000_000;

    public string Name => "histories";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        var runs = new ConcurrentBag<HistoryRun>();
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(FirstSeed, Count),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            async (seed, _) => runs.Add(await RunAsync(seed)));
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{runs.Count} histories in {Stopwatch.GetElapsedTime(started).TotalSeconds:n0} s"));
        var broken = runs.Count(static run => run.Broken is not null);
        return new Figure
        {
            Name = Name,
            Value = broken,
            Unit = "histories that broke an invariant",
            Reference = "histories",
            ReferenceValue = runs.Count,
            Ratio = (double)broken / runs.Count,
            Budget = $"= 0 of {Count}",
            Pass = broken == 0 && runs.Count == Count,
            Details = new Dictionary<string, double>
            {
                ["invariants"] = Invariants.All.Count,
                ["steps"] = runs.Sum(static run => run.Steps),
                ["faults"] = runs.Sum(static run => run.Faults),
                ["lostProcesses"] = runs.Sum(static run => run.Losses),
                ["sessions"] = runs.Sum(static run => run.Sessions),
                ["closedEpochs"] = runs.Sum(static run => run.Closed),
                ["paidShare"] = Math.Round(runs.Average(static run => run.PaidShare), 3),
            },
        };
    }

    private static async Task<HistoryRun> RunAsync(int seed)
    {
        var history = History.Generate(seed, Steps);
        var run = await HistoryRun.RunAsync(history);
        if (run.Broken is { } broken)
        {
            Console.Error.WriteLine($"seed {seed}: {broken}\n{await HistoryRun.ShrinkAsync(history, broken)}");
        }

        return run;
    }
}
