using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using BttProxy.BitTorrent;
using BttProxy.Client.Tunnels;
using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;
using TunnelOptions = BttProxy.Client.Tunnels.TunnelOptions;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>A client that says to a relay exactly what a test tells it to, honest or not.</summary>
internal sealed class RelayCustomer : IDisposable
{
    /// <summary>Between two questions whether a channel is open: a relay answers sixty a minute for one channel.</summary>
    public static readonly TimeSpan AskPause = TimeSpan.FromMilliseconds(1200);

    private readonly ChannelDomain _domain;
    private readonly HttpMessageInvoker _content;
    private readonly HttpMessageInvoker _control;

    private RelayCustomer(SignedRelayRecord signed, RelayRecord record, ChannelDomain domain, ChannelTerms terms, Secp256k1Key payer, Secp256k1Key signer)
    {
        Signed = signed;
        Record = record;
        _domain = domain;
        Terms = terms;
        Payer = payer;
        Signer = signer;
        var guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true });

        // As in the real client, a voucher never waits behind content.
        _content = new HttpMessageInvoker(new PinnedHandler(record, guard, new TunnelOptions()).Create(2));
        _control = new HttpMessageInvoker(new PinnedHandler(record, guard, new TunnelOptions()).Create(1));
    }

    public SignedRelayRecord Signed { get; }

    public RelayRecord Record { get; }

    public ChannelTerms Terms { get; }

    public Secp256k1Key Payer { get; }

    public Secp256k1Key Signer { get; }

    public ChannelId ChannelId => Terms.Id(_domain);

    /// <summary>Beside a relay whose clock is not the machine's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Of the newest session.</summary>
    public SessionOpened Session { get; private set; } = null!;

    /// <summary>The last answer, when it was that the channel is on its way.</summary>
    public ChannelPending? Pending { get; private set; }

    public SessionAccount Account => new(Session.Price, Session.BaseAmount, Session.Outstanding);

    /// <summary>Content bytes received in the newest session.</summary>
    public long Received { get; set; }

    /// <summary>A customer with tokens in the contract and no channel yet.</summary>
    /// <param name="world">The chain.</param>
    /// <param name="signed">The relay's record.</param>
    /// <param name="deposit">Given by the faucet first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="isFinal">Waits until no fork can undo the deposit.</param>
    /// <param name="clock">The relay's, where that is not the machine's.</param>
    public static async Task<RelayCustomer> CreateAsync(
        MarketWorld world, SignedRelayRecord signed, TokenAmount deposit, CancellationToken cancellationToken, bool isFinal = true, TimeProvider? clock = null)
    {
        if (!signed.TryVerify(out var record, out var reason))
        {
            throw new InvalidOperationException($"The relay's record is not valid: {reason}.");
        }

        var (payer, signer) = (Secp256k1Key.Generate(), Secp256k1Key.Generate());
        await world.Devnet.FaucetAsync(payer.Address, deposit, cancellationToken);
        await (isFinal ? world.Chain.DepositAsync(payer, deposit, cancellationToken) : world.Chain.DepositUnconfirmedAsync(payer, deposit, cancellationToken));
        var salt = new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length));
        var terms = new ChannelTerms(
            payer.Address, signer.Address, record.Payee, record.PayeeAuthorizer, record.Token, withdrawDelay: 24 * 3600, salt);
        return new RelayCustomer(signed, record, world.Chain.Domain, terms, payer, signer) { Clock = clock ?? TimeProvider.System };
    }

    /// <summary>The same customer at the relay's present address; owns the same keys.</summary>
    public RelayCustomer At(SignedRelayRecord signed) =>
        signed.TryVerify(out var record, out _)
            ? new RelayCustomer(signed, record, _domain, Terms, Payer, Signer) { Clock = Clock }
            : throw new InvalidOperationException("The relay's record is not valid.");

    /// <summary>Opens a session; the relay opens the channel too when it has to.</summary>
    public async Task<SessionOpened> OpenAsync(TokenAmount reserve, CancellationToken cancellationToken, SignedVoucher? last = null)
    {
        var answer = await PostAsync<OpenSession, SessionOpened>(RequestNames.Session, OpenMessage(reserve, last), cancellationToken);
        Session = answer;
        Received = 0;
        return answer;
    }

    /// <summary>Asks for a session: it, or what it waits for, or why there is none.</summary>
    public async Task<SessionRejection> AskAsync(TokenAmount reserve, CancellationToken cancellationToken, SignedVoucher? last = null)
    {
        Pending = null;
        var message = MessageCodec.Encode(OpenMessage(reserve, last));
        using var response = await SendAsync(
            HttpMethod.Post, RequestNames.Session, cancellationToken, request => request.Content = new ByteArrayContent(message));
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (response.StatusCode == HttpStatusCode.Accepted && MessageCodec.TryDecode<ChannelPending>(body, out var pending))
        {
            Pending = pending;
            return SessionRejection.Accepted;
        }

        if (MessageCodec.TryDecode<SessionOpened>(body, out var opened))
        {
            Session = opened;
            return SessionRejection.Accepted;
        }

        return MessageCodec.TryDecode<Refusal>(body, out var refusal) ? refusal.Session : throw new RelayRefusedException(response.StatusCode, null);
    }

    public OpenSession OpenMessage(TokenAmount reserve, SignedVoucher? last = null)
    {
        var now = (ulong)Clock.GetUtcNow().ToUnixTimeSeconds();
        var open = new OpenChannel(ChannelId, reserve, 0, now + 600);
        var nonce = new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length));
        var request = new SessionRequest(ChannelId, 0, Signed.RecordHash, Record.Price, now, nonce);
        return new OpenSession(
            ProtocolConstants.Version, Terms, OpenAuthorization.Create(open, _domain, Payer),
            SessionProof.Create(request, _domain, Signer), Record.Price, last);
    }

    /// <summary>The voucher that pays this many bytes of the session.</summary>
    public SignedVoucher VoucherFor(long bytes) => Voucher(Account.CumulativeFor(new ByteCount(bytes)));

    public SignedVoucher Voucher(TokenAmount cumulative, Secp256k1Key? signer = null, ChannelId? channel = null, ChannelDomain? domain = null) =>
        new Voucher(channel ?? ChannelId, 0, cumulative).Sign(domain ?? _domain, signer ?? Signer);

    public Task<VoucherAnswer> PayAsync(SignedVoucher voucher, CancellationToken cancellationToken) =>
        PostAsync<PayVoucher, VoucherAnswer>(RequestNames.Voucher, PayVoucher.Create(Session.SessionId, voucher), cancellationToken);

    public Task<SessionClosed> CloseAsync(SignedVoucher? final, CancellationToken cancellationToken, CloseAuthorization? close = null) =>
        PostAsync<CloseSession, SessionClosed>(RequestNames.Close, new CloseSession(Session.SessionId, final, close), cancellationToken);

    public CloseAuthorization AuthorizeClose(TokenAmount final)
    {
        var deadline = (ulong)Clock.GetUtcNow().ToUnixTimeSeconds() + 600;
        return CloseAuthorization.Create(new CooperativeClose(ChannelId, 0, final, deadline), _domain, Signer);
    }

    /// <summary>Reads a range until the relay ends it, paying after every <paramref name="payEvery"/> bytes; 0 never pays.</summary>
    public async Task<byte[]> ReadAsync(InfoHash infoHash, long offset, int length, int payEvery, CancellationToken cancellationToken)
    {
        using var response = await GetContentAsync(infoHash, offset, length, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var content = new byte[length];
        var filled = 0;
        var unpaid = 0;
        while (filled < length)
        {
            var read = await body.ReadAsync(content.AsMemory(filled), cancellationToken);
            if (read == 0)
            {
                break;
            }

            filled += read;
            unpaid += read;
            Received += read;
            if (payEvery > 0 && unpaid >= payEvery)
            {
                unpaid = 0;
                await PayAsync(VoucherFor(Received), cancellationToken);
            }
        }

        return content[..filled];
    }

    public Task<HttpResponseMessage> GetContentAsync(InfoHash infoHash, long offset, int length, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"{RequestNames.Content}/{infoHash}", cancellationToken, request =>
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Session.Token.ToHeader());
            request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        });

    /// <summary>One request of the protocol, with a fresh path token.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, CancellationToken cancellationToken, Action<HttpRequestMessage>? configure = null) =>
        SendRawAsync(method, $"{PathToken.Create(Record.PathKey, Clock.GetUtcNow())}/{path}", cancellationToken, configure);

    /// <summary>Any request to the relay's address.</summary>
    public async Task<HttpResponseMessage> SendRawAsync(
        HttpMethod method, string path, CancellationToken cancellationToken, Action<HttpRequestMessage>? configure = null)
    {
        var url = new UriBuilder(Uri.UriSchemeHttps, Record.ServerName, Record.Endpoints[0].Port, path).Uri;
        using var request = new HttpRequestMessage(method, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        configure?.Invoke(request);
        return await (method == HttpMethod.Get ? _content : _control).SendAsync(request, cancellationToken);
    }

    public async Task<TAnswer> PostAsync<TMessage, TAnswer>(string name, TMessage message, CancellationToken cancellationToken)
        where TMessage : class, IWireMessage
        where TAnswer : class, IWireMessage
    {
        using var response = await SendAsync(
            HttpMethod.Post, name, cancellationToken, request => request.Content = new ByteArrayContent(MessageCodec.Encode(message)));
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return MessageCodec.TryDecode<TAnswer>(body, out var answer) ? answer
            : throw new RelayRefusedException(response.StatusCode, MessageCodec.TryDecode<Refusal>(body, out var refusal) ? refusal : null);
    }

    public void Dispose()
    {
        _content.Dispose();
        _control.Dispose();
        Payer.Dispose();
        Signer.Dispose();
    }
}
