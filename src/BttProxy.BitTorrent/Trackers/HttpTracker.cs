using System.Net;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>Asks HTTP and HTTPS trackers (BEP 3).</summary>
internal sealed class HttpTracker : IDisposable
{
    private const int MaxBodyBytes = 1024 * 1024;
    private const int MaxRedirects = 3;

    // From the look-up of the name to the last byte: a slow body must not hold up the other trackers.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;

    public HttpTracker(ConnectGuard guard, ListenAddresses listen, TimeProvider time)
    {
        _time = time;
        _http = new HttpMessageInvoker(CreateHandler(guard, listen));
    }

    /// <exception cref="TrackerException">It did not answer, or refused.</exception>
    public async Task<AnnounceAnswer> AnnounceAsync(Uri tracker, AnnounceRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, HttpAnnounce.Url(tracker, request));
            using var response = await _http.SendAsync(message, either.Token);
            var body = await ReadAsync(response.Content, either.Token);
            // Some trackers give their reason with a 4xx.
            return response.IsSuccessStatusCode || body.Span.StartsWith("d"u8)
                ? HttpAnnounce.Read(body)
                : throw new TrackerException($"the tracker answers with status {(int)response.StatusCode}");
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TrackerException("the tracker does not answer", failure);
        }
        catch (Exception failure) when (failure is HttpRequestException or InvalidDataException)
        {
            throw new TrackerException((failure.InnerException as TrackerException ?? failure).Message, failure);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(ConnectGuard guard, ListenAddresses listen) => new()
    {
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = MaxRedirects,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        ConnectCallback = (context, cancellationToken) => GuardedDial.ConnectAsync(guard, listen, context.DnsEndPoint, cancellationToken),
        // Announces are half an hour apart.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    };

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        // Counted after decompression: a small packed body may be a large one.
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (body.Length + read > MaxBodyBytes)
            {
                throw new TrackerException("the answer is larger than 1 MiB");
            }
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }
}
