using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>Metrics and traces pushed by OTLP to a collector that the operator runs or rents; the Prometheus endpoint stays as it is.</summary>
public sealed class TelemetryOptions
{
    /// <summary>
    /// The collector, such as "http://127.0.0.1:4317", or "https://otlp.example.org/base" for httpProtobuf, which adds /v1/metrics and
    /// /v1/traces. The relay dials it wherever it is, and it learns how busy the relay is and what it earns. Null: nothing is sent. Default: null.
    /// </summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>How it is sent: "grpc" or "httpProtobuf". Default: grpc.</summary>
    public TelemetryProtocol Protocol { get; set; }

    /// <summary>
    /// File with the collector's headers, a line each: "name: value" or "name=value". The environment's OTEL_EXPORTER_OTLP_HEADERS works too;
    /// of one name the file's counts. Null: none. Default: null.
    /// </summary>
    [ExistingPath(PathKind.File)]
    public string? HeadersFile { get; set; }

    /// <summary>
    /// How many of the paid requests are traced, in percent; a worker traces what its gateway does. 0: no traces. Default: 1, enough to see
    /// where time goes, and nothing to notice in the load.
    /// </summary>
    [AllowedRange("0", "100")]
    public int TracePercent { get; set; } = 1;

    /// <summary>How often metrics are sent; traces go within 5 s. Null: traces only. Default: 1 min, a usual Prometheus interval.</summary>
    [AllowedRange("00:00:01", "01:00:00")]
    public TimeSpan? ExportInterval { get; set; } = TimeSpan.FromMinutes(1);
}
