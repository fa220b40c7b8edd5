using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>Cells of the interoperability matrix that passed, of all its cells.</summary>
internal sealed partial class InteropMatrix : IFigure
{
    public string Name => "interop-matrix";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "tests", "interop", "matrix", "run"))
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        start.Environment["BTTPROXY"] = Path.Combine(Repository.Root, "artifacts", "bin", "BttProxy.Client", "release", "bttproxy");
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var (passed, failed) = (0, 0);
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                await Console.Error.WriteLineAsync(line);
                if (Total().Match(line) is { Success: true } total)
                {
                    (passed, failed) = (Number(total.Groups[1]), Number(total.Groups[2]));
                }
            }
            await process.WaitForExitAsync(cancellationToken);
            return Report(passed, failed);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Figure Report(int passed, int failed)
    {
        var cells = passed + failed;
        return cells == 0
            ? throw new InvalidOperationException("The matrix ended without a result.")
            : new Figure
            {
                Name = Name,
                Value = passed,
                Unit = "cells",
                Reference = "cells of the matrix",
                ReferenceValue = cells,
                Ratio = Math.Round((double)passed / cells, 4),
                Budget = "every cell",
                Pass = passed == cells,
                Details = new Dictionary<string, double> { ["failed"] = failed },
            };
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("^([0-9]+) passed, ([0-9]+) failed$")]
    private static partial Regex Total();
}
