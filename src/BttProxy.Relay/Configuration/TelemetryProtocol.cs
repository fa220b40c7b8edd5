namespace BttProxy.Relay.Configuration;

/// <summary>How OTLP travels.</summary>
public enum TelemetryProtocol
{
    /// <summary>gRPC over HTTP/2, usually on port 4317.</summary>
    Grpc,

    /// <summary>Protocol buffers in HTTP/1.1 requests, usually on port 4318.</summary>
    HttpProtobuf,
}
