using System.Text.Json;
using BttProxy.FunctionalTests.Processes;
using BttProxy.UnitTests.Relay.Configuration;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Broken configurations of which <c>bttproxy-relay config check</c>, the program itself on real files, names the option and the remedy, and
/// nothing else.
/// </summary>
internal sealed class ConfigErrors : IFigure
{
    private const int Least = 60;
    private const int RefusedExitCode = 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public string Name => "config-errors";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("config-errors");
        try
        {
            var named = 0;
            foreach (var broken in BrokenConfigurations.All)
            {
                var file = Path.Combine(directory.FullName, "relay.json");
                await File.WriteAllTextAsync(file, broken.Json, cancellationToken);
                await using var program = ChildProgram.Start("bttproxy-relay", "config", "check", file, "--preset", "devnet", "--json");
                var exitCode = await program.ExitAsync(Deadline, cancellationToken);
                if (exitCode == RefusedExitCode && IsNamed(broken, program.Output))
                {
                    named++;
                }
                else
                {
                    await Console.Error.WriteLineAsync($"{broken.Json}: exit code {exitCode}, {program.Output}{program.Error}");
                }
            }

            return FigureOf(named, BrokenConfigurations.All.Count);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static bool IsNamed(BrokenConfiguration broken, string output) =>
        JsonSerializer.Deserialize<Told[]>(output, JsonSerializerOptions.Web) is [var told]
        && told.Key == broken.Key
        && told.Problem.Contains(broken.Problem, StringComparison.Ordinal)
        && told.Remedy.Contains(broken.Remedy, StringComparison.Ordinal);

    private Figure FigureOf(int named, int all) => new()
    {
        Name = Name,
        Value = named,
        Unit = "broken configurations whose option and remedy are named",
        Reference = "broken configurations",
        ReferenceValue = all,
        Ratio = (double)named / all,
        Budget = $"all, of at least {Least}",
        Pass = named == all && all >= Least,
    };

    private sealed record Told(string Key, string Problem, string Remedy);
}
