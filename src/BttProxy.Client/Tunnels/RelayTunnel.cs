using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.Client.Payments;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;

namespace BttProxy.Client.Tunnels;

/// <summary>
/// The requests of our protocol to one relay. Content has connections of its own (one over HTTP/2, two over HTTP/1.1), so that a
/// voucher never waits behind content; with the one for control that makes three at most.
/// </summary>
internal sealed class RelayTunnel : IVoucherDesk, IDisposable
{
    private const int ContentConnections = 2;
    private const int ControlConnections = 1;
    private const int MaxExplanation = 200;

    private readonly TunnelOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly PinnedHandler _contentHandler;
    private readonly HttpMessageInvoker _content;
    private readonly HttpMessageInvoker _control;
    private readonly string _authority;

    public RelayTunnel(RelayOffer offer, ConnectGuard guard, TunnelOptions options, TimeProvider timeProvider)
    {
        Offer = offer;
        _options = options;
        _timeProvider = timeProvider;
        _contentHandler = new PinnedHandler(offer.Record, guard, options);
        _content = new HttpMessageInvoker(_contentHandler.Create(ContentConnections));
        _control = new HttpMessageInvoker(new PinnedHandler(offer.Record, guard, options).Create(ControlConnections));
        var first = offer.Record.Endpoints[0];
        var host = offer.Record.ServerName.Length > 0 ? offer.Record.ServerName : first.ToIPEndPoint().Address.ToString();
        _authority = new UriBuilder(Uri.UriSchemeHttps, host, first.Port).Uri.GetLeftPart(UriPartial.Authority);
    }

    public RelayOffer Offer { get; }

    /// <summary>Bytes that the newest content connection received on the wire, TLS handshake included.</summary>
    public long WireBytes => _contentHandler.Latest?.Received ?? 0;

    /// <summary>The relay's present record; the caller verifies it.</summary>
    public async Task<SignedRelayRecord> GetRecordAsync(CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, RequestNames.Record);
        var (_, body) = await ExchangeAsync(request, SignedRelayRecord.MaxEncodedLength, _options.ControlTimeout, cancellationToken);
        return SignedRelayRecord.TryDecode(body.Span, out var record) ? record : throw Unknown();
    }

    public async Task<SessionReply> OpenSessionAsync(OpenSession message, CancellationToken cancellationToken)
    {
        using var request = Post(RequestNames.Session, message);
        var (status, body) = await ExchangeAsync(request, SessionOpened.MaxEncodedLength, _options.ControlTimeout, cancellationToken);
        return status == HttpStatusCode.OK && MessageCodec.TryDecode<SessionOpened>(body, out var opened) ? new SessionReply(opened, null)
            : status == HttpStatusCode.Accepted && MessageCodec.TryDecode<ChannelPending>(body, out var pending) ? new SessionReply(null, pending)
            : throw Unknown();
    }

    public Task<VoucherAnswer> PayAsync(PayVoucher message, CancellationToken cancellationToken) =>
        PostAsync<PayVoucher, VoucherAnswer>(RequestNames.Voucher, message, cancellationToken);

    public Task<SessionClosed> CloseAsync(CloseSession message, CancellationToken cancellationToken) =>
        PostAsync<CloseSession, SessionClosed>(RequestNames.Close, message, cancellationToken);

    /// <summary>The info dictionary, already checked against the info-hash.</summary>
    public async Task<TorrentInfo> GetMetadataAsync(InfoHash infoHash, BearerToken token, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, $"{RequestNames.Metadata}/{infoHash}", token);
        var (_, body) = await ExchangeAsync(request, TorrentLimits.MaxInfoBytes, _options.MetadataTimeout, cancellationToken);
        if (!infoHash.Names(body.Span))
        {
            throw new TunnelException(TunnelFault.BadAnswer, "it sent metadata of another torrent");
        }

        return TorrentInfo.Parse(body);
    }

    /// <summary>Begins a content request; returns as soon as the response's headers are here.</summary>
    /// <param name="infoHash">The torrent.</param>
    /// <param name="start">First byte, as an offset in the content.</param>
    /// <param name="length">Number of bytes wanted.</param>
    /// <param name="token">The session's.</param>
    /// <param name="cancellationToken">Ends the response too.</param>
    public async Task<ContentResponse> OpenContentAsync(
        InfoHash infoHash, long start, long length, BearerToken token, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, $"{RequestNames.Content}/{infoHash}", token);
        request.Headers.Range = new RangeHeaderValue(start, start + length - 1);
        var response = await SendAsync(_content, request, cancellationToken);
        var isWhole = response.StatusCode == HttpStatusCode.OK && start == 0;
        if (!isWhole && (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != start))
        {
            using (response)
            {
                throw await RefusalAsync(response, cancellationToken);
            }
        }

        return new ContentResponse(response, await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    public void Dispose()
    {
        _content.Dispose();
        _control.Dispose();
    }

    /// <summary>What the platform throws when a connection or a stream of it breaks.</summary>
    public static bool IsConnectionFailure(Exception failure) => failure is HttpRequestException or IOException;

    public static TunnelException Translate(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException)
            {
                return new TunnelException(TunnelFault.WrongKey, "its TLS key is not the one in its record", failure);
            }
        }

        return failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError }
            ? new TunnelException(TunnelFault.Unreachable, "it cannot be reached", failure)
            : new TunnelException(TunnelFault.ConnectionLost, "the connection broke", failure);
    }

    private static TunnelException Unknown() => new(TunnelFault.BadAnswer, "its answer is not one of this protocol");

    private async Task<TAnswer> PostAsync<TMessage, TAnswer>(string name, TMessage message, CancellationToken cancellationToken)
        where TMessage : class, IWireMessage
        where TAnswer : class, IWireMessage
    {
        using var request = Post(name, message);
        var (status, body) = await ExchangeAsync(request, TAnswer.MaxEncodedLength, _options.ControlTimeout, cancellationToken);
        return status == HttpStatusCode.OK && MessageCodec.TryDecode<TAnswer>(body, out var answer) ? answer : throw Unknown();
    }

    private HttpRequestMessage Post<TMessage>(string name, TMessage message)
        where TMessage : class, IWireMessage
    {
        var request = Request(HttpMethod.Post, name);
        request.Content = new ByteArrayContent(MessageCodec.Encode(message));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(RequestNames.MediaType);
        return request;
    }

    private HttpRequestMessage Request(HttpMethod method, string path, BearerToken? token = null)
    {
        var pathToken = PathToken.Create(Offer.Record.PathKey, _timeProvider.GetUtcNow());
        var request = new HttpRequestMessage(method, new Uri($"{_authority}/{pathToken}/{path}"))
        {
            // HTTP/2 where the relay and the path allow it (negotiated inside TLS), else HTTP/1.1.
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (token is { } bearer)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer.ToHeader());
        }

        return request;
    }

    private async Task<(HttpStatusCode Status, ReadOnlyMemory<byte> Body)> ExchangeAsync(
        HttpRequestMessage request, int maximumLength, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, _timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await SendAsync(_control, request, linked.Token);
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted
                ? (response.StatusCode, await ReadAsync(response, maximumLength, linked.Token))
                : throw await RefusalAsync(response, linked.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TunnelException(TunnelFault.TimedOut, $"it did not answer within {timeout.TotalSeconds:0} s");
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpMessageInvoker invoker, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await invoker.SendAsync(request, cancellationToken);
        }
        catch (Exception failure) when (IsConnectionFailure(failure))
        {
            throw Translate(failure);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, int maximumLength, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > maximumLength)
        {
            throw Unknown();
        }

        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[(int)(response.Content.Headers.ContentLength ?? Math.Min(maximumLength, 4096)) + 1];
            var length = 0;
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                length += read;
                if (read == 0)
                {
                    return buffer.AsMemory(0, length);
                }

                if (length > maximumLength)
                {
                    throw Unknown();
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, Math.Min(maximumLength + 1, buffer.Length * 2));
                }
            }
        }
        catch (Exception failure) when (IsConnectionFailure(failure))
        {
            throw Translate(failure);
        }
    }

    private static async Task<TunnelException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(response, Refusal.MaxEncodedLength, cancellationToken);
        if (!MessageCodec.TryDecode<Refusal>(body, out var refusal))
        {
            return new TunnelException(
                TunnelFault.BadAnswer, $"it answers like an ordinary web site ({(int)response.StatusCode}); is this computer's clock right?");
        }

        var detail = refusal.Session == SessionRejection.Accepted ? refusal.Code.ToString() : refusal.Session.ToString();
        return new TunnelException(TunnelFault.Refused, $"it refused: {detail}{Explanation(refusal.Text)}") { Refusal = refusal };
    }

    // In the relay's words, which may be anything: on one line, and no longer than one.
    private static string Explanation(string text)
    {
        var plain = new string([.. text.Where(static c => !char.IsControl(c)).Take(MaxExplanation)]).Trim();
        return plain.Length == 0 ? "" : $" ({plain})";
    }
}
