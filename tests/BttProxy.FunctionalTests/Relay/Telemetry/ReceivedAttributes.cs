namespace BttProxy.FunctionalTests.Relay.Telemetry;

/// <summary>OTLP's KeyValue and AnyValue.</summary>
internal static class ReceivedAttributes
{
    public static IReadOnlyDictionary<string, object> Of(IEnumerable<ProtoMessage> pairs) =>
        pairs.ToDictionary(static pair => pair.Text(1), static pair => Value(pair.Messages(2).Single()));

    private static object Value(ProtoMessage value) =>
        value.Has(2) ? value.Number(2) != 0
        : value.Has(3) ? (int)value.Number(3)
        : value.Has(4) ? value.Double(4)
        : value.Text(1);
}
