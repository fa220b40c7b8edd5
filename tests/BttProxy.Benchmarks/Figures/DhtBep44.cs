using System.Globalization;
using System.Text.Json;
using BttProxy.Benchmarks.Figures.Swarm;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Our DHT nodes and fifty of libtorrent's at the end of a wire of 40 ms round trip: peers and BEP 44 items that we store are read
/// by libtorrent and the other way round, and libtorrent sessions beside ours do the same, in turns. Value and reference are medians
/// of the operation in which we are worst. The budget is 1.5 times libtorrent's, where one wasted round trip of two or three shows and
/// scheduling does not; a mutable read of ours asks twenty nodes where libtorrent's asks eight, and a write is read back. Without the
/// wire all is over within milliseconds, most of which are the pipe to our process. An announcement of libtorrent's cannot be timed.
/// </summary>
internal sealed class DhtBep44 : IFigure
{
    private const double Most = 1.5;

    // Milliseconds. What takes less was answered on this side of the wire, where either's nodes may happen to keep an item.
    private const double RoundTrip = 40;
    private const string TheirOwn = "libtorrent ";
    private static readonly string[] Compared = ["get_peers", "get immutable", "get mutable", "put immutable", "put mutable"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    public string Name => "dht-bep44";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await LabProcess.RunAsync(Path.Combine(Repository.Root, "tests", "interop", "install"), [], Limit, cancellationToken);
        var script = Path.Combine(Repository.Root, "tests", "interop", "lib", "dht-figure.py");
        var line = await LabProcess.RunAsync(script, [Environment.ProcessPath!], Limit, cancellationToken);
        var operations = JsonSerializer.Deserialize<Dictionary<string, Operation>>(line, JsonSerializerOptions.Web)!;
        var details = new Dictionary<string, double>();
        foreach (var (name, operation) in operations)
        {
            details[$"{name}, ms"] = operation.Ms ?? 0;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {operation.Ok} of {operation.Of}, {operation.Ms:f1} ms"));
        }
        details["succeeded"] = operations.Values.Sum(operation => operation.Ok);
        details["tried"] = operations.Values.Sum(operation => operation.Of);
        var (worst, ours, theirs) = Compared.Select(name => Compare(operations[name], operations[TheirOwn + name])).MaxBy(pair => pair.Ratio);
        return new Figure
        {
            Name = Name,
            Value = ours,
            Unit = "ms, median of the operation in which we are worst",
            Reference = "libtorrent's own in the same network",
            ReferenceValue = theirs,
            Ratio = Math.Round(worst, 3),
            Budget = string.Create(CultureInfo.InvariantCulture, $"all succeed in both directions, each of the five <= {Most} x libtorrent's"),
            Pass = operations.Values.All(operation => operation.Ok == operation.Of) && worst <= Most,
            Details = details,
        };
    }

    // A median is missing when none succeeded; that fails by the counts, whatever the ratio.
    private static (double Ratio, double Ours, double Theirs) Compare(Operation ours, Operation theirs) => ours.Ms is { } our && theirs.Ms is { } their
        ? (Math.Max(our, RoundTrip) / Math.Max(their, RoundTrip), our, their)
        : (0, 0, 0);

    private sealed record Operation(int Ok, int Of, double? Ms);
}
