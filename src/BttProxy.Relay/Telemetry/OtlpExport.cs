using BttProxy.Relay.Configuration;
using BttProxy.Relay.Observability;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BttProxy.Relay.Telemetry;

/// <summary>
/// Sends metrics and traces of this process to the operator's collector. A collector that is down costs a bounded queue and nothing else:
/// metrics are sums that the next export has again, spans beyond the queue are dropped.
/// </summary>
internal sealed class OtlpExport : IAsyncDisposable
{
    private const int MaxQueuedSpans = 2048;
    private const int MaxSpansPerBatch = 512;

    // Of one request, and of the last flush when the relay stops: a collector that hangs must not hold a restart up.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LongestSpanDelay = TimeSpan.FromSeconds(5);

    private readonly MeterProvider? _metrics;
    private readonly TracerProvider? _traces;

    private OtlpExport(MeterProvider? metrics, TracerProvider? traces) => (_metrics, _traces) = (metrics, traces);

    /// <returns>Null when there is no collector.</returns>
    /// <exception cref="RelayConfigurationException">The headers' file cannot be read.</exception>
    public static OtlpExport? Start(TelemetryOptions options, ILoggerFactory loggers)
    {
        if (options.OtlpEndpoint is not { } address)
        {
            return null;
        }

        var (endpoint, headers, logger) = (new Uri(address), HeadersOf(options), loggers.CreateLogger<OtlpExport>());
        return new OtlpExport(
            options.ExportInterval is { } interval ? Metrics(Exporter("metrics"), interval) : null,
            options.TracePercent > 0 ? Traces(Exporter("traces"), options) : null);

        OtlpExporterOptions Exporter(string signal) => new()
        {
            Endpoint = options.Protocol == TelemetryProtocol.Grpc ? endpoint : new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}"),
            Protocol = options.Protocol == TelemetryProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            TimeoutMilliseconds = (int)RequestTimeout.TotalMilliseconds,
            HttpClientFactory = () => new HttpClient(new CollectorConnection(signal, endpoint, headers, logger, CollectorConnection.Dialler()))
            {
                Timeout = RequestTimeout,
            },
        };
    }

    /// <summary>Sends what there is, as far as the collector takes it in time.</summary>
    public async ValueTask DisposeAsync()
    {
        var limit = (int)FlushTimeout.TotalMilliseconds;
        await Task.WhenAll(Task.Run(() => _traces?.Shutdown(limit)), Task.Run(() => _metrics?.Shutdown(limit)));
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static CollectorHeaders HeadersOf(TelemetryOptions options)
    {
        try
        {
            return options.HeadersFile is { } file ? CollectorHeaders.Read(file) : CollectorHeaders.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RelayConfigurationException($"Telemetry.HeadersFile {options.HeadersFile} cannot be read: {e.Message}", e);
        }
    }

    private static MeterProvider Metrics(OtlpExporterOptions exporter, TimeSpan interval) => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(RelayResource.Describe)
        .AddRelayInstruments()
        .AddReader(new PeriodicExportingMetricReader(
            new OtlpMetricExporter(exporter), (int)interval.TotalMilliseconds, (int)RequestTimeout.TotalMilliseconds))
        .Build();

    private static TracerProvider Traces(OtlpExporterOptions exporter, TelemetryOptions options) => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(RelayResource.Describe)
        .AddSource([.. Spans.Sources])
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TracePercent / 100.0)))
        .AddProcessor(new ClosedSpans())
        .AddProcessor(new BatchActivityExportProcessor(
            new OtlpTraceExporter(exporter), MaxQueuedSpans, (int)SpanDelay(options).TotalMilliseconds,
            (int)RequestTimeout.TotalMilliseconds, MaxSpansPerBatch))
        .Build();

    private static TimeSpan SpanDelay(TelemetryOptions options) =>
        options.ExportInterval is { } interval && interval < LongestSpanDelay ? interval : LongestSpanDelay;
}
