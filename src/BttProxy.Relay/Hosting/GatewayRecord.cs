using System.Net;
using System.Net.Http.Headers;
using BttProxy.Discovery.Announcing;
using BttProxy.Protocol.Relays;

namespace BttProxy.Relay.Hosting;

/// <summary>The record of a gateway in another process, asked of its admin port; the gateway alone has the key that signs it.</summary>
internal sealed partial class GatewayRecord(Uri admin, TimeProvider time, ILogger<GatewayRecord> logger) : IRecordSource, IDisposable
{
    /// <summary>Of the admin port: the record as long as the relay is to be found; a POST brings a newer one that the network holds.</summary>
    public const string Path = "/record/announced";

    // A gateway that restarts within it keeps its place in the DHT.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Uri _url = new(admin, Path);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(3),
    })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = SignedRelayRecord.MaxEncodedLength,
    };

    private SignedRelayRecord? _last;
    private long _seenAt;
    private bool _isFailing;

    public async ValueTask<SignedRelayRecord?> CurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            _last = await AskAsync(cancellationToken);
            (_seenAt, _isFailing) = (time.GetTimestamp(), false);
        }
        catch (Exception e) when (e is HttpRequestException or InvalidDataException
                                  || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (!_isFailing)
            {
                _isFailing = true;
                LogFailed(_url, e.Message);
            }

            _last = time.GetElapsedTime(_seenAt) < Patience ? _last : null;
        }

        return _last;
    }

    public async ValueTask OvertakeAsync(SignedRelayRecord newer, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent(newer.Encode());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await _http.PostAsync(_url, body, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<SignedRelayRecord?> AskAsync(CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(_url, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        return SignedRelayRecord.TryDecode(await answer.Content.ReadAsByteArrayAsync(cancellationToken), out var record) && record.TryVerify(out _, out _)
            ? record
            : throw new InvalidDataException("it answers with something that is no relay's record");
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The gateway's record cannot be had from {Url}, so the relay is soon not to be found: {Reason} Check dht.recordFrom and that the gateway runs")]
    private partial void LogFailed(Uri url, string reason);
}
