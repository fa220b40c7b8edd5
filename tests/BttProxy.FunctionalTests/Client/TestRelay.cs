using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BttProxy.Client.Tunnels;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;
using BttProxy.Tron;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace BttProxy.FunctionalTests.Client;

/// <summary>
/// A relay that speaks the protocol over TLS and can be told to misbehave. It keeps every voucher it was ever sent, in order.
/// </summary>
internal sealed class TestRelay : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly RelayIdentity _identity = RelayIdentity.Generate();
    private readonly Secp256k1Key _authorizer = Secp256k1Key.Generate();
    private readonly IChannelChain _chain;
    private readonly TestContent _content;
    private readonly RelayBehaviour _behaviour;
    private readonly ConcurrentDictionary<SessionId, TestSession> _sessions = new();
    private readonly ConcurrentDictionary<ChannelId, ChannelAccount> _accounts = new();
    private long _delivered;
    private int _lostAnswers;
    private int _opens;

    private TestRelay(WebApplication application, IChannelChain chain, TestContent content, RelayBehaviour behaviour)
    {
        _application = application;
        _chain = chain;
        _content = content;
        _behaviour = behaviour;
        _lostAnswers = behaviour.LostAnswers;
    }

    public RelayOffer Offer { get; private set; } = null!;

    public RelayId Id => _identity.Id;

    /// <summary>What it shows as a channel's last voucher, and counts from, instead of the truth.</summary>
    public Func<ChannelTerms, SignedVoucher?>? Shows { get; set; }

    /// <summary>Content bytes written.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Sessions that were asked for.</summary>
    public int Opens => Volatile.Read(ref _opens);

    /// <summary>Every voucher that was sent, by channel, in order.</summary>
    public IReadOnlyDictionary<ChannelId, ChannelAccount> Accounts => _accounts;

    /// <summary>The best vouchers' sum: what could be claimed.</summary>
    public TokenAmount Earned => _accounts.Values.Aggregate(TokenAmount.Zero, static (sum, account) => sum + account.Accepted);

    public static async Task<TestRelay> StartAsync(
        IChannelChain chain, TestContent content, PricePerMegabyte price, RelayBehaviour behaviour, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=relay.test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(120));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate);
            }));
        var relay = new TestRelay(builder.Build(), chain, content, behaviour);
        relay._application.Run(relay.AnswerAsync);
        await relay._application.StartAsync(cancellationToken);
        var address = relay._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        relay.Publish(new Uri(address).Port, certificate, price);
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _identity.Dispose();
        _authorizer.Dispose();
    }

    private void Publish(int port, X509Certificate2 certificate, PricePerMegabyte price)
    {
        var record = new RelayRecord
        {
            IssuedAt = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            TimeToLive = 3600,
            Endpoints = [new RelayEndpoint(IPAddress.Loopback, port)],
            ServerName = "relay.test",
            TlsKeyHash = new Bytes32(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())),
            PathKey = new Bytes32(RandomNumberGenerator.GetBytes(32)),
            Payee = _authorizer.Address,
            Binding = RelayBinding.Sign(Id, _authorizer.Address, _authorizer),
            ChainId = _chain.Domain.ChainId,
            Contract = _chain.Domain.Contract,
            Token = _chain.Token,
            Price = price,
            WindowFloor = new ByteCount(256 << 10),
            WindowCeiling = new ByteCount(16 << 20),
            Region = "XX",
        };
        var signed = SignedRelayRecord.Create(_identity, record, 1);
        Assert.True(signed.TryVerify(out var verified, out _));
        Offer = new RelayOffer(signed, verified);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path.Length < 2 || PathToken.Check(Offer.Record.PathKey, path[0], TimeProvider.System.GetUtcNow(), out _) != PathTokenVerdict.Valid)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        switch (path[1])
        {
            case RequestNames.Record:
                await context.Response.Body.WriteAsync(Offer.Signed.Encode(), context.RequestAborted);
                break;
            case RequestNames.Session:
                await OpenAsync(context);
                break;
            case RequestNames.Voucher:
                await TakeVoucherAsync(context);
                break;
            case RequestNames.Metadata:
                await context.Response.Body.WriteAsync(_content.Info.RawBytes, context.RequestAborted);
                break;
            case RequestNames.Content:
                await SendContentAsync(context);
                break;
            case RequestNames.Close:
                await CloseAsync(context);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private async Task OpenAsync(HttpContext context)
    {
        Interlocked.Increment(ref _opens);
        var request = await ReadAsync<OpenSession>(context);
        var id = request.Terms.Id(_chain.Domain);
        if (_behaviour.Refuses != SessionRejection.Accepted)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await WriteAsync(context, Refusal.Because(RefusalCode.SessionRejected, "no") with { Session = _behaviour.Refuses });
            return;
        }

        if (request.Authorization is { } authorization)
        {
            await _chain.OpenChannelAsync(request.Terms, authorization, context.RequestAborted);
        }

        // Vouchers of an epoch that was closed are of no use.
        var account = _accounts.AddOrUpdate(
            id,
            _ => new ChannelAccount(request.Terms),
            (_, known) => known.Last?.Voucher.Epoch < request.Proof.Epoch ? new ChannelAccount(request.Terms) : known);
        if (request.LastVoucher is { } sent)
        {
            account.Take(sent, _chain.Domain);
        }

        var last = Shows is { } lie ? lie(request.Terms) : account.Last;
        var opened = new SessionOpened(
            SessionId.Generate(), BearerToken.Generate(), Offer.Price, account.Session?.Window ?? new ByteCount(_behaviour.Window), new ByteCount(16 << 20),
            last?.Voucher.Cumulative ?? TokenAmount.Zero, _behaviour.CarriesDebt ? account.Debt() : _behaviour.InventedDebt, last);
        account.Session = _sessions[opened.SessionId] = new TestSession(opened, account);
        await WriteAsync(context, opened);
    }

    private async Task TakeVoucherAsync(HttpContext context)
    {
        var message = await ReadAsync<PayVoucher>(context);
        var session = _sessions[message.SessionId];
        if (_behaviour.RejectsVouchers != VoucherRejection.Accepted)
        {
            await WriteAsync(context, new VoucherAnswer(
                _behaviour.RejectsVouchers, SignatureVerdict.Valid, session.Account.Accepted, ByteCount.Zero, session.Window, session.Account.Last));
            return;
        }

        session.Account.Take(message.ToSignedVoucher(session.Account.Terms.Id(_chain.Domain)), _chain.Domain);
        var paid = session.Pay();
        if (Interlocked.Decrement(ref _lostAnswers) >= 0)
        {
            context.Abort();
            return;
        }

        await WriteAsync(context, new VoucherAnswer(
            VoucherRejection.Accepted, SignatureVerdict.Valid, session.Account.Accepted, new ByteCount(paid), session.Window, null));
    }

    private async Task CloseAsync(HttpContext context)
    {
        var message = await ReadAsync<CloseSession>(context);
        var session = _sessions[message.SessionId];
        if (message.FinalVoucher is { } final)
        {
            session.Account.Take(final, _chain.Domain);
        }

        if (message.Close is { } close && !_behaviour.RefusesToClose)
        {
            var terms = session.Account.Terms;
            var id = terms.Id(_chain.Domain);
            var epoch = (await _chain.ChannelAsync(id, context.RequestAborted))!.Epoch;
            var agreement = new CooperativeClose(id, epoch, session.Account.Accepted, close.Deadline);
            var proposal = await _chain.PrepareCooperativeCloseAsync(
                terms, agreement, close.Signature, _authorizer.Sign(agreement.Digest(_chain.Domain)), context.RequestAborted);
            await _chain.AcceptAsync(proposal, context.RequestAborted);
        }

        await WriteAsync(context, new SessionClosed(
            VoucherRejection.Accepted, session.Account.Accepted, new ByteCount(session.Delivered), new ByteCount(session.Pay())));
    }

    private async Task SendContentAsync(HttpContext context)
    {
        var token = context.Request.Headers.Authorization.ToString()["Bearer ".Length..];
        var session = _sessions.Values.Single(candidate => candidate.Opened.Token.ToHeader() == token);
        var range = context.Request.GetTypedHeaders().Range!.Ranges.Single();
        var (position, end) = (range.From!.Value, range.To!.Value + 1);
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.ContentLength = end - position;
        context.Response.Headers.ContentRange = $"bytes {position}-{end - 1}/{_content.Bytes.Length}";
        while (position < end)
        {
            var count = (int)Math.Min(_behaviour.ChunkBytes, end - position);
            if (Delivered + count > _behaviour.DieAfter)
            {
                context.Abort();
                return;
            }

            if (Delivered + count > _behaviour.StallAfter || position + count - range.From > _behaviour.FreezeAfter)
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await session.CreditAsync(count, context.RequestAborted);
            var chunk = _content.Bytes.AsMemory((int)position, count).ToArray();
            if (_behaviour.CorruptAt is { } spoilt && spoilt >= position && spoilt < position + count)
            {
                chunk[spoilt - position] ^= 0xff;
            }

            // Before the write: a client may have received, and paid, what a write that then fails has sent.
            Interlocked.Add(ref _delivered, count);
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            position += count;
            if (_behaviour.Pace > TimeSpan.Zero)
            {
                await Task.Delay(_behaviour.Pace, context.RequestAborted);
            }
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext context)
        where T : class, IWireMessage
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Assert.True(MessageCodec.TryDecode<T>(body.ToArray(), out var message));
        return message;
    }

    private static async Task WriteAsync<T>(HttpContext context, T message)
        where T : class, IWireMessage
    {
        context.Response.ContentType = RequestNames.MediaType;
        await context.Response.Body.WriteAsync(MessageCodec.Encode(message), context.RequestAborted);
    }
}
