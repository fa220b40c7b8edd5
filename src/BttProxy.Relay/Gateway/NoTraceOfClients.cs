using System.Diagnostics;

namespace BttProxy.Relay.Gateway;

/// <summary>
/// What clients write into traceparent, tracestate and baggage is neither read nor passed on: it would tie requests of a user to each other
/// and to whatever made them.
/// </summary>
internal sealed class NoTraceOfClients : DistributedContextPropagator
{
    public override IReadOnlyCollection<string> Fields => [];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
    }

    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        (traceId, traceState) = (null, null);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
