using System.Net;
using System.Net.Http.Headers;
using BttProxy.BitTorrent.Trackers;

namespace BttProxy.BitTorrent.WebSeeds;

/// <summary>Asks HTTP servers for parts of files, and takes from the answer exactly what was asked for.</summary>
internal sealed class WebSeedClient : IDisposable
{
    private const int MaxRedirects = 3;
    private const int MaxConnectionsPerServer = 8;

    // A server without ranges sends what lies before, too: bearable in small files only.
    private const long MaxWholeFile = 1024 * 1024;

    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;

    public WebSeedClient(ConnectGuard guard, ListenAddresses listen, TimeProvider time)
    {
        _time = time;
        _http = new HttpMessageInvoker(CreateHandler(guard, listen));
    }

    /// <param name="file">Its URL.</param>
    /// <param name="fileLength">Bytes that it must have.</param>
    /// <param name="from">The first byte wanted.</param>
    /// <param name="length">How many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WebSeedException">The server does not send this range.</exception>
    public async Task<WebSeedBody> OpenAsync(Uri file, long fileLength, long from, int length, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, file);
        request.Headers.Range = new RangeHeaderValue(from, from + length - 1);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("BttProxy", null));
        var response = await SendAsync(request, cancellationToken);
        try
        {
            var skip = Check(response, fileLength, from, length);
            return new WebSeedBody(response, await response.Content.ReadAsStreamAsync(cancellationToken), skip, _time);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(HeaderPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _http.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WebSeedException(WebSeedFault.Failed, "it does not answer", failure);
        }
        catch (HttpRequestException failure)
        {
            throw new WebSeedException(WebSeedFault.Failed, (failure.InnerException ?? failure).Message, failure);
        }
    }

    /// <returns>How many bytes to skip before the range begins.</returns>
    private long Check(HttpResponseMessage response, long fileLength, long from, int length)
    {
        var headers = response.Content.Headers;
        if (headers.ContentEncoding.Any(encoding => encoding != "identity"))
        {
            throw new WebSeedException(WebSeedFault.Unusable, "it sends something packed");
        }
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent:
                var isAsked = headers.ContentRange is { Unit: "bytes", From: { } first, To: { } last } range
                    && first == from && last == from + length - 1 && (range.Length ?? fileLength) == fileLength
                    && (headers.ContentLength ?? length) == length;
                return isAsked ? 0 : throw new WebSeedException(WebSeedFault.Unusable, "it sends another range than it was asked for");
            case HttpStatusCode.OK when headers.ContentLength is { } told && told != fileLength:
                throw new WebSeedException(WebSeedFault.Unusable, $"its file has {told} bytes instead of {fileLength}");
            case HttpStatusCode.OK when length == fileLength || fileLength <= MaxWholeFile:
                return from;
            case HttpStatusCode.OK:
                throw new WebSeedException(WebSeedFault.Unusable, "it sends whole files only");
            case HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.RequestedRangeNotSatisfiable:
                throw new WebSeedException(WebSeedFault.Missing, $"it answers with status {(int)response.StatusCode}");
            default:
                throw new WebSeedException(WebSeedFault.Failed, $"it answers with status {(int)response.StatusCode}")
                {
                    RetryAfter = RetryAfter(response),
                };
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var told = response.Headers.RetryAfter;
        var wait = told?.Delta ?? (told?.Date - _time.GetUtcNow());
        return wait is { } time ? TimeSpan.FromTicks(Math.Clamp(time.Ticks, 0, MaxRetryAfter.Ticks)) : null;
    }

    private static SocketsHttpHandler CreateHandler(ConnectGuard guard, ListenAddresses listen) => new()
    {
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = MaxRedirects,
        MaxConnectionsPerServer = MaxConnectionsPerServer,
        // An error page is read to its end, so that the connection can be kept; what was not asked for is not.
        MaxResponseDrainSize = 64 * 1024,
        ConnectCallback = (context, cancellationToken) => GuardedDial.ConnectAsync(guard, listen, context.DnsEndPoint, cancellationToken),
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    };
}
