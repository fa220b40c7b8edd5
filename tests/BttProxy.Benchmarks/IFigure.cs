namespace BttProxy.Benchmarks;

/// <summary>Measures one figure. Progress goes to standard error, never to standard output.</summary>
internal interface IFigure
{
    /// <summary>The verb on the command line, such as "durable-accepts".</summary>
    string Name { get; }

    Task<Figure> MeasureAsync(CancellationToken cancellationToken);
}
