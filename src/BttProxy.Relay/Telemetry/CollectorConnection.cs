using System.Net;

namespace BttProxy.Relay.Telemetry;

/// <summary>
/// The HTTP side of one signal's export: adds the operator's headers, and tells the operator once when the collector stops taking what it is
/// sent, and once when it takes it again. The exporter itself would fail in silence.
/// </summary>
internal sealed partial class CollectorConnection(
    string signal, Uri endpoint, CollectorHeaders headers, ILogger logger, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // An answer says how many entries were refused, and why.
    private const int MaxAnswerBytes = 256 * 1024;

    private const string GrpcStatus = "grpc-status";
    private const string GrpcMessage = "grpc-message";

    private int _failing;

    /// <summary>What dials. The address comes from the operator's own configuration, and neither proxies of the environment nor an answer lead elsewhere.</summary>
    public static SocketsHttpHandler Dialler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(3),

        // A name may mean another collector by then.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AddHeaders(request);
        try
        {
            return Judged(base.Send(request, cancellationToken));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            Failed(failure is OperationCanceledException ? "no answer in time" : failure.Message);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AddHeaders(request);
        try
        {
            var response = await base.SendAsync(request, cancellationToken);

            // gRPC tells behind the body whether it worked.
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            return Judged(response);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            Failed(failure is OperationCanceledException ? "no answer in time" : failure.Message);
            throw;
        }
    }

    private void AddHeaders(HttpRequestMessage request)
    {
        foreach (var (name, value) in headers.All)
        {
            // The environment may have set it too.
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private HttpResponseMessage Judged(HttpResponseMessage response)
    {
        var status = Find(response, GrpcStatus);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            Failed($"it answers HTTP {(int)response.StatusCode}");
        }
        else if (status is not (null or "0"))
        {
            Failed($"it answers gRPC status {status} {Uri.UnescapeDataString(Find(response, GrpcMessage) ?? "")}".TrimEnd());
        }
        else if (Interlocked.Exchange(ref _failing, 0) == 1)
        {
            LogTaken(signal, endpoint);
        }

        return response;
    }

    private void Failed(string reason)
    {
        if (Interlocked.Exchange(ref _failing, 1) == 0)
        {
            LogNotTaken(signal, endpoint, reason);
        }
    }

    private static string? Find(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.First() : null;

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The collector at {Endpoint} does not take {Signal}: {Reason}. The relay goes on and keeps trying; look at the collector, telemetry.otlpEndpoint, telemetry.protocol and telemetry.headersFile")]
    private partial void LogNotTaken(string signal, Uri endpoint, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The collector at {Endpoint} takes {Signal} again")]
    private partial void LogTaken(string signal, Uri endpoint);
}
