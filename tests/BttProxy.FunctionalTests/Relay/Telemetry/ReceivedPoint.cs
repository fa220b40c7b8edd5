namespace BttProxy.FunctionalTests.Relay.Telemetry;

/// <summary>One series of a metric as a collector gets it; of a histogram its count.</summary>
internal sealed record ReceivedPoint(
    IReadOnlyDictionary<string, object> Resource, string Meter, string Name, IReadOnlyDictionary<string, object> Labels, double Value)
{
    private const int Histogram = 9;

    public static IEnumerable<ReceivedPoint> Of(ProtoMessage request) =>
        from resource in request.Messages(1)
        let attributes = ReceivedAttributes.Of(resource.Messages(1).Single().Messages(1))
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        from kind in new[] { 5, 7, Histogram }
        from data in metric.Messages(kind)
        from point in data.Messages(1)
        select new ReceivedPoint(
            attributes, scope.Messages(1).Single().Text(1), metric.Text(1), ReceivedAttributes.Of(point.Messages(kind == Histogram ? 9 : 7)),
            kind == Histogram ? point.Number(4) : point.Has(6) ? (long)point.Number(6) : point.Double(4));
}
