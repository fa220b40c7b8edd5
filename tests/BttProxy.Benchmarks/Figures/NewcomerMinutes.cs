using System.Text.Json;
using BttProxy.Benchmarks.Figures.Swarm;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// From `git clone` into an empty directory to a relay that a client finds in the DHT, by the commands that the README has under "Run a relay"
/// and no others, in minutes. Everything is built on the way; NuGet packages come from the machine's cache where it has them.
/// </summary>
internal sealed class NewcomerMinutes : IFigure
{
    private const double Most = 10;
    private const int MostCommands = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public string Name => "newcomer-minutes";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        var script = Path.Combine(Repository.Root, "tests", "interop", "newcomer", "run");
        var line = await LabProcess.RunAsync(script, ["--json"], Limit, cancellationToken);
        var run = JsonSerializer.Deserialize<Run>(line, JsonSerializerOptions.Web)!;
        return new Figure
        {
            Name = Name,
            Value = run.Minutes,
            Unit = "minutes from git clone to a relay that a client finds",
            Reference = "what a newcomer may be asked to wait",
            ReferenceValue = Most,
            Ratio = Math.Round(run.Minutes / Most, 3),
            Budget = $"<= {Most} minutes, <= {MostCommands} commands",
            Pass = run.Minutes <= Most && run.Commands <= MostCommands,
            Details = new Dictionary<string, double> { ["commands"] = run.Commands },
        };
    }

    private sealed record Run(double Minutes, int Commands);
}
