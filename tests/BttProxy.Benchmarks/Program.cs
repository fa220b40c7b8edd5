using BttProxy.Benchmarks;
using BttProxy.Benchmarks.Figures;

IFigure[] figures = [new DurableAccepts()];

if (figures.FirstOrDefault(figure => args is [var name] && figure.Name == name) is not { } chosen)
{
    Console.Error.WriteLine($"usage: BttProxy.Benchmarks {string.Join(" | ", figures.Select(figure => figure.Name))}");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
var figure = await chosen.MeasureAsync(stop.Token);
Console.WriteLine(figure.ToJson());
return figure.Pass ? 0 : 1;
