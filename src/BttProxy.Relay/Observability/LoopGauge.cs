using System.Diagnostics.Metrics;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Observability;

/// <summary>Shows which of the process's loops has ended or hangs.</summary>
internal static class LoopGauge
{
    public static void Observe(Func<IReadOnlyList<WatchedLoop>> loops, IMeterFactory meters) => meters.Create(RelayMetrics.MeterName).CreateObservableGauge(
        "bttproxy.relay.loop.stuck",
        () => loops().Select(static loop => new Measurement<int>(loop.Trouble is null ? 0 : 1, LabelValue.Tag("loop", loop.Name))),
        description: "1 while a loop beside the requests has ended or hangs.");
}
