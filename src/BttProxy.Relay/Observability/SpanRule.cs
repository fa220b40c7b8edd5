namespace BttProxy.Relay.Observability;

/// <summary>One span: what it is called, and every attribute that it may carry.</summary>
/// <param name="Name">A word, never a path.</param>
/// <param name="Attributes">Key to what may stand there.</param>
internal sealed record SpanRule(string Name, IReadOnlyDictionary<string, SpanValue> Attributes);
