using System.Diagnostics;
using System.Globalization;
using BttProxy.FunctionalTests.Relay.Settlement.Sweep;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// A relay killed at every point at which settlement makes something durable or sends it, and started again: at how many of them a channel was
/// then not paid exactly once, or the ledger did not know. On blocks made at once, on blocks that take time, and with a chain that drops, starves
/// or is raced.
/// </summary>
internal sealed class SettlementCrashSweep : IFigure
{
    public const string ChildName = "settlement-child";

    private static readonly TimeSpan BlockTime = TimeSpan.FromMilliseconds(50);

    public string Name => "settlement-crash-sweep";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        // Beside each other, each on a chain of its own: they mostly wait.
        (TimeSpan BlockTime, SettlementFault Fault)[] worlds =
        [
            (TimeSpan.Zero, SettlementFault.None), (BlockTime, SettlementFault.None), (BlockTime, SettlementFault.Dropped),
            (BlockTime, SettlementFault.Starved), (BlockTime, SettlementFault.FrontRun),
        ];
        var sweeps = await Task.WhenAll(worlds.Select(world => SweepAsync(world.BlockTime, world.Fault, cancellationToken)));
        var kills = sweeps.Sum(static sweep => sweep.Count(static trial => trial.WasKilled));
        var wrong = sweeps.Sum(static sweep => sweep.Count(static trial => trial.Problem is not null));
        return new Figure
        {
            Name = Name,
            Value = wrong,
            Unit = "points after which not exactly one claim was effective",
            Reference = "points at which the relay was killed",
            ReferenceValue = kills,
            Ratio = (double)wrong / kills,
            Budget = "= 0",
            Pass = wrong == 0 && sweeps.All(static sweep => sweep.Count > 8),
            Details = worlds.Zip(sweeps).ToDictionary(
                static pair => (pair.First.BlockTime == TimeSpan.Zero ? "atOnce" : "blocks") + pair.First.Fault, static pair => pair.Second.Count - 1.0),
        };
    }

    private static async Task<List<SweepTrial>> SweepAsync(TimeSpan blockTime, SettlementFault fault, CancellationToken cancellationToken)
    {
        await using var sweep = await SettlementSweep.StartAsync(StartChild, blockTime, cancellationToken);
        var trials = new List<SweepTrial>();
        await foreach (var trial in sweep.RunAsync(fault, step: 1, cancellationToken))
        {
            await Console.Error.WriteLineAsync($"{blockTime.TotalMilliseconds} ms, {fault}: {trial}");
            trials.Add(trial);
        }

        return trials;
    }

    private static Process StartChild(string directory, int killAt) => Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, [ChildName, directory, killAt.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
