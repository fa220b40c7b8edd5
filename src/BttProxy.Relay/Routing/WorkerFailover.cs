using System.Diagnostics;
using System.Net;
using BttProxy.Relay.Observability;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace BttProxy.Relay.Routing;

/// <summary>
/// Below the forwarder: a worker that cannot be reached or takes nothing more is passed over for the torrent's next one, and content that
/// breaks off goes on with the next one from the exact byte. The meter above sees one response without a seam.
/// </summary>
internal sealed partial class WorkerFailover(
    HttpMessageHandler inner, IDestinationHealthUpdater health, RoutingMetrics metrics, ILogger<WorkerFailover> logger) : DelegatingHandler(inner)
{
    // A worker that failed gets no requests for this long, unless all have failed.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>What a broken worker or a broken connection to it looks like.</summary>
    public static bool IsFailure(Exception failure, CancellationToken cancellationToken) =>
        failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>Notes that the current worker broke, for this request and for others.</summary>
    public void Failed(WorkerChoice choice, Exception failure)
    {
        if (choice.Current.Health.Passive != DestinationHealth.Unhealthy)
        {
            LogFailed(choice.Current.DestinationId, failure.Message);
            health.SetPassive(choice.Cluster, choice.Current, DestinationHealth.Unhealthy, Rest);
        }
    }

    /// <summary>Asks the current worker for the content's bytes from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public Task<HttpResponseMessage> AskAsync(
        HttpRequestMessage original, WorkerChoice choice, long from, long to, CancellationToken cancellationToken)
    {
        var request = Copy(original, choice.Current);
        request.Headers.Remove(HeaderNames.Range);
        request.Headers.TryAddWithoutValidation(HeaderNames.Range, $"bytes={from}-{to}");
        return SendToAsync(request, resumes: true, cancellationToken);
    }

    public void Resumed(WorkerChoice choice, long position)
    {
        metrics.Resumed();
        LogResumed(choice.Current.DestinationId, position);
    }

    public void Lost() => metrics.Lost();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not null || !request.Options.TryGetValue(WorkerChoice.Key, out var choice))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var response = await FirstAsync(request, choice, cancellationToken);
        if (choice.IsContent && request.Method == HttpMethod.Get && ContentSpan.Of(response) is { } span)
        {
            var content = response.Content;
            var body = new ResumingStream(this, request, choice, span, content, await content.ReadAsStreamAsync(cancellationToken));
            response.Content = new StreamContent(body);
            foreach (var (name, values) in content.Headers.NonValidated)
            {
                response.Content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return response;
    }

    // The first worker that answers with anything but "not now", or the last one's refusal.
    private async Task<HttpResponseMessage> FirstAsync(HttpRequestMessage request, WorkerChoice choice, CancellationToken cancellationToken)
    {
        var attempt = request;
        while (true)
        {
            try
            {
                var response = await SendToAsync(attempt, resumes: false, cancellationToken);
                if (response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable) || !choice.TryNext())
                {
                    return response;
                }

                response.Dispose();
            }
            catch (Exception failure) when (IsFailure(failure, cancellationToken))
            {
                Failed(choice, failure);
                if (!choice.TryNext())
                {
                    throw;
                }
            }

            attempt = Copy(request, choice.Current);
        }
    }

    private Task<HttpResponseMessage> SendToAsync(HttpRequestMessage request, bool resumes, CancellationToken cancellationToken) =>
        RelayTracing.IsOn ? TraceAsync(request, resumes, cancellationToken) : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> TraceAsync(HttpRequestMessage request, bool resumes, CancellationToken cancellationToken)
    {
        using var span = RelayTracing.StartForward(resumes);
        RelayTracing.WriteParent(request.Headers);
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            span?.SetTag("http.response.status_code", (int)response.StatusCode);
            return response;
        }
        catch
        {
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    private static HttpRequestMessage Copy(HttpRequestMessage original, DestinationState worker)
    {
        var copy = new HttpRequestMessage(original.Method, new Uri(new Uri(worker.Model.Config.Address), original.RequestUri!.PathAndQuery))
        {
            Version = original.Version,
            VersionPolicy = original.VersionPolicy,
        };
        foreach (var (name, values) in original.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        return copy;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {Worker} failed; others take over what it served: {Reason}")]
    private partial void LogFailed(string worker, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {Worker} goes on with a response from byte {Position}")]
    private partial void LogResumed(string worker, long position);
}
