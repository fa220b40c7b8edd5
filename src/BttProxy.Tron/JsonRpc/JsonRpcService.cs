using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using BttProxy.Tron.Node;

namespace BttProxy.Tron.JsonRpc;

/// <summary>One service that answers JSON-RPC over HTTP. What it says is a stranger's word: its length is bounded, its shape checked.</summary>
internal sealed class JsonRpcService : IDisposable
{
    private const string ContentType = "application/json";
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly HttpClient _client;
    private readonly JsonRpcOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly RequestPace _pace;
    private long _lastId;

    public JsonRpcService(Uri url, JsonRpcOptions options, TimeProvider timeProvider)
    {
        (Url, _options, _timeProvider) = (url, options, timeProvider);
        _pace = new RequestPace(options.RequestsPerSecond, timeProvider);
        // The address comes from the user's own configuration; the environment's proxies must not see it, nor may an answer lead elsewhere.
        var handler = options.Connect?.Invoke() ?? new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null, ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Url { get; }

    /// <summary>Calls a method; waits and asks again while the service is busy or out.</summary>
    /// <param name="method">Such as eth_getLogs.</param>
    /// <param name="writeParameters">Writes what stands in the list of parameters.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The answer, whose result stands in <c>result</c>; the caller disposes it.</returns>
    /// <exception cref="JsonRpcRefusedException">The service refuses this request.</exception>
    /// <exception cref="ChainException">The service cannot be asked, or answers nonsense.</exception>
    public async Task<JsonDocument> CallAsync(string method, Action<Utf8JsonWriter>? writeParameters, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = Write(id, method, writeParameters);
        for (var repetition = 0; ; repetition++)
        {
            _pace.TryTake(TimeSpan.MaxValue, out var wait);
            await Task.Delay(wait, _timeProvider, cancellationToken).ConfigureAwait(false);
            try
            {
                var answer = await SendAsync(request, id, cancellationToken).ConfigureAwait(false);
                _pace.Succeeded();
                return answer;
            }
            catch (ChainException failure) when (failure.IsTransient && repetition < _options.Repetitions)
            {
                _pace.Failed();
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private static ReadOnlyMemory<byte> Write(long id, string method, Action<Utf8JsonWriter>? writeParameters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("jsonrpc", "2.0");
        writer.WriteNumber("id", id);
        writer.WriteString("method", method);
        writer.WriteStartArray("params");
        writeParameters?.Invoke(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private async Task<JsonDocument> SendAsync(ReadOnlyMemory<byte> request, long id, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var content = new ReadOnlyMemoryContent(request) { Headers = { ContentType = new MediaTypeHeaderValue(ContentType) } };
            using var message = new HttpRequestMessage(HttpMethod.Post, Url) { Content = content };
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                await RefuseAsync(response, cancellationToken).ConfigureAwait(false);
            }

            return Check(await ReadAsync(response.Content, either.Token).ConfigureAwait(false), id);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new JsonRpcRefusedException(JsonRpcRefusedException.NoAnswer, "no answer in time");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new ChainException($"The JSON-RPC service {Url} cannot be reached: {JsonRpcText.OneLine(failure.Message)}", isTransient: true, failure);
        }
    }

    private async Task RefuseAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = response.StatusCode;
        if (status is HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden || (int)status >= 500)
        {
            // TronGrid shuts out who asks too often with 403, 429 or 503.
            if (response.Headers.RetryAfter is { Delta: { } pause } && pause > TimeSpan.Zero)
            {
                await Task.Delay(pause < LongestPause ? pause : LongestPause, _timeProvider, cancellationToken).ConfigureAwait(false);
            }

            throw new ChainException(
                $"The JSON-RPC service {Url} asks for fewer requests or an API key, or is out of order (HTTP {(int)status}); try again later.", isTransient: true);
        }

        throw status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity
            ? new JsonRpcRefusedException((int)status, $"HTTP {(int)status}")
            : new ChainException(
                $"The JSON-RPC service {Url} answers HTTP {(int)status}; correct \"jsonRpc\" in the network description.", isTransient: false);
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var answer = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await stream.ReadAsync(answer.GetMemory(16 * 1024), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return answer.WrittenMemory;
            }

            answer.Advance(read);
            if (answer.WrittenCount > _options.MaxAnswerBytes)
            {
                throw new JsonRpcRefusedException((int)HttpStatusCode.RequestEntityTooLarge, $"an answer of more than {_options.MaxAnswerBytes} bytes");
            }
        }
    }

    private JsonDocument Check(ReadOnlyMemory<byte> answer, long id)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException failure)
        {
            throw JsonRpcText.Nonsense(Url, "no JSON", failure);
        }

        try
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw JsonRpcText.Nonsense(Url, "no object");
            }

            if (root.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null)
            {
                throw JsonRpcText.Refusal(error);
            }

            return root.TryGetProperty("id", out var same) && same.ValueKind == JsonValueKind.Number && same.TryGetInt64(out var value) && value == id
                && root.TryGetProperty("result", out _)
                ? document
                : throw JsonRpcText.Nonsense(Url, "an answer to another question");
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }
}
