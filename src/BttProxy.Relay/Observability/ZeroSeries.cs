using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace BttProxy.Relay.Observability;

/// <summary>
/// Shows every series of every counter, and of every gauge that is told and not asked, from the start, at zero: a rate over a counter that appears with its first event misses that event,
/// and a rule over a series that does not exist never fires.
/// </summary>
internal sealed class ZeroSeries : IDisposable
{
    private readonly MeterListener _listener = new();

    /// <param name="provider">Collects already, or what is added here would be lost.</param>
    public ZeroSeries(MeterProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        _listener.InstrumentPublished = static (instrument, _) => Show(instrument);
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    private static void Show(Instrument instrument)
    {
        if (instrument.Meter.Name != RelayMetrics.MeterName || Instruments.Find(instrument.Name) is not { } rule)
        {
            return;
        }

        foreach (var labels in rule.Series())
        {
            switch (instrument)
            {
                case Counter<long> counter:
                    counter.Add(0, labels);
                    break;
                case Counter<double> counter:
                    counter.Add(0, labels);
                    break;
                case UpDownCounter<long> counter:
                    counter.Add(0, labels);
                    break;
                case Gauge<long> gauge:
                    gauge.Record(0, labels);
                    break;
                case Gauge<int> gauge:
                    gauge.Record(0, labels);
                    break;
                default:
                    return;
            }
        }
    }
}
