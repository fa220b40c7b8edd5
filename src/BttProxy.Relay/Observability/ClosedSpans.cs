using System.Diagnostics;
using OpenTelemetry;

namespace BttProxy.Relay.Observability;

/// <summary>Stands before the export of spans: one that is not in <see cref="Spans"/> stays here, and so does an attribute that is not.</summary>
internal sealed class ClosedSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (Spans.Find(data.DisplayName) is not { } rule || data.Events.Any() || data.Links.Any())
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        foreach (var (key, value) in data.TagObjects.ToList())
        {
            if (!rule.Attributes.TryGetValue(key, out var allowed) || !allowed.Allows(value))
            {
                data.SetTag(key, null);
            }
        }

        data.TraceStateString = null;
        data.SetStatus(data.Status);
    }
}
