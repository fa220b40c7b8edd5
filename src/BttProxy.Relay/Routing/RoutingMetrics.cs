using System.Diagnostics.Metrics;
using BttProxy.Relay.Observability;

namespace BttProxy.Relay.Routing;

/// <summary>How often workers failed in the middle of a response.</summary>
internal sealed class RoutingMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _resumes = meters.Create(RelayMetrics.MeterName).CreateCounter<long>(
        "bttproxy.relay.resume", "{response}", "Content responses whose worker failed, by whether another one went on.");

    public void Resumed() => Count("resumed");

    public void Lost() => Count("lost");

    private void Count(string result) => _resumes.Add(1, new KeyValuePair<string, object?>("result", result));
}
