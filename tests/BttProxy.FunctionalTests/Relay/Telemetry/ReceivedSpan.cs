namespace BttProxy.FunctionalTests.Relay.Telemetry;

/// <summary>A span as a collector gets it.</summary>
internal sealed record ReceivedSpan(
    string Scope, string TraceId, string SpanId, string ParentId, string TraceState, string Name, int Kind, ulong Start, ulong End,
    IReadOnlyDictionary<string, object> Attributes, int Extras, int Status, string StatusText)
{
    public const int ServerKind = 2;
    public const int ClientKind = 3;

    public static IEnumerable<ReceivedSpan> Of(ProtoMessage request) =>
        from resource in request.Messages(1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        let status = span.Messages(15).FirstOrDefault()
        select new ReceivedSpan(
            scope.Messages(1).Single().Text(1), Convert.ToHexStringLower(span.Bytes(1)), Convert.ToHexStringLower(span.Bytes(2)),
            Convert.ToHexStringLower(span.Bytes(4)), span.Text(3), span.Text(5), (int)span.Number(6), span.Number(7), span.Number(8),
            ReceivedAttributes.Of(span.Messages(9)), span.Messages(11).Count() + span.Messages(13).Count(), (int)(status?.Number(3) ?? 0), status?.Text(2) ?? "");
}
