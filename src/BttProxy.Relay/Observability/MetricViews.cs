using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace BttProxy.Relay.Observability;

/// <summary>Which instruments leave the process, and which of their labels: no address does, of whatever library.</summary>
internal static class MetricViews
{
    /// <summary>Of .NET's own instruments; those that name hosts, addresses and ports are left out.</summary>
    public static readonly string[] LibraryLabels =
    [
        "http.request.method", "http.response.status_code", "http.route", "http.connection.state", "network.protocol.name",
        "network.protocol.version", "network.transport", "network.type", "url.scheme", "tls.protocol.version", "error.type",
        "aspnetcore.routing.is_fallback", "aspnetcore.routing.match_status", "aspnetcore.diagnostics.exception.result", "gc.heap.generation",
        "dotnet.gc.heap.generation", "cpu.mode",
    ];

    public static MeterProviderBuilder AddRelayInstruments(this MeterProviderBuilder metrics) => metrics
        .AddMeter(RelayMetrics.MeterName)
        .AddMeter("System.Net.Http")
        .AddAspNetCoreInstrumentation()
        .AddRuntimeInstrumentation()
        .AddView(ViewOf);

    private static MetricStreamConfiguration ViewOf(Instrument instrument) => new()
    {
        TagKeys = instrument.Meter.Name == RelayMetrics.MeterName
            ? [.. Instruments.Find(instrument.Name)?.Labels.Keys ?? []]
            : LibraryLabels,
    };
}
