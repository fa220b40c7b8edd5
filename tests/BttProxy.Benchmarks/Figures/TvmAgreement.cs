using System.Text.Json;
using BttProxy.Benchmarks.Figures.Swarm;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Generated programs that end differently on our virtual machine and on an independent one (@ethereumjs/evm with TRON's prices), in
/// status, output, energy, events or any account. Programs that meet what TRON does differently by design are counted apart.
/// </summary>
internal sealed class TvmAgreement : IFigure
{
    private const int Programs = 10_000;
    private const int Fewest = 9_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public string Name => "tvm-agreement";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        var suite = Path.Combine(Repository.Root, "tests", "interop", "tvm", "run");
        Environment.SetEnvironmentVariable("BTTPROXY_TVM", Environment.ProcessPath);
        var line = await LabProcess.RunAsync(suite, ["--json", "--programs", $"{Programs}"], Limit, cancellationToken);
        var count = JsonSerializer.Deserialize<Dictionary<string, double>>(line)!;
        return new Figure
        {
            Name = Name,
            Value = count["disagreements"],
            Unit = "programs that end differently",
            Reference = "programs run on both machines",
            ReferenceValue = count["programs"],
            Ratio = count["disagreements"] / count["programs"],
            Budget = $"= 0 of at least {Fewest} programs",
            Pass = count["disagreements"] == 0 && count["programs"] >= Fewest,
            Details = count,
        };
    }
}
