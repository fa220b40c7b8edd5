using System.Net;
using System.Net.Http.Headers;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;
using BttProxy.Relay.Hosting;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>The door and the requests behind it.</summary>
public sealed class TunnelTests : IAsyncLifetime
{
    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private MarketWorld _world = null!;
    private RelayHost _relay = null!;
    private RelayCustomer _customer = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await MarketWorld.StartAsync(1 << 20, Token);
        _relay = await _world.StartRelayAsync("relay", Token);
        _customer = await RelayCustomer.CreateAsync(_world, _relay.Record, Reserve, Token);
    }

    public async ValueTask DisposeAsync()
    {
        _customer.Dispose();
        await _relay.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Prober_SeesOnlyTheSite()
    {
        using var home = await _customer.SendRawAsync(HttpMethod.Get, "", Token);
        using var missing = await _customer.SendRawAsync(HttpMethod.Get, "no-such-page", Token);
        using var wrongKey = await _customer.SendRawAsync(
            HttpMethod.Get, PathToken.Create(default, TimeProvider.System.GetUtcNow()) + "/r", Token);
        using var withoutToken = await _customer.SendRawAsync(HttpMethod.Get, "r", Token);
        using var posted = await _customer.SendRawAsync(HttpMethod.Post, "v", Token);

        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
        var expected = await ShapeAsync(missing);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(expected, await ShapeAsync(wrongKey));
        Assert.Equal(expected, await ShapeAsync(withoutToken));
        Assert.Equal(expected, await ShapeAsync(posted));
        Assert.False(missing.Headers.Contains("Server"));
    }

    [Fact]
    public async Task TokenUsedTwice_SeesTheSite()
    {
        var path = PathToken.Create(_customer.Record.PathKey, TimeProvider.System.GetUtcNow()) + "/r";
        using var first = await _customer.SendRawAsync(HttpMethod.Get, path, Token);
        using var second = await _customer.SendRawAsync(HttpMethod.Get, path, Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task RecordRequest_GivesTheSignedRecordOverHttp2()
    {
        using var response = await _customer.SendAsync(HttpMethod.Get, "r", Token);
        var bytes = await response.Content.ReadAsByteArrayAsync(Token);

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.True(SignedRelayRecord.TryDecode(bytes, out var record));
        Assert.True(record.TryVerify(out _, out _));
        Assert.Equal(_relay.RelayId, record.Id);
    }

    [Theory]
    [InlineData("m")]
    [InlineData("q")]
    [InlineData("c")]
    public async Task WithoutSession_TheOfferIsTheAnswer(string name)
    {
        using var response = await _customer.SendAsync(HttpMethod.Get, $"{name}/{_world.InfoHash}", Token);
        var body = await response.Content.ReadAsByteArrayAsync(Token);

        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        Assert.True(MessageCodec.TryDecode<Refusal>(body, out var refusal));
        Assert.Equal(RefusalCode.PaymentRequired, refusal.Code);
        Assert.True(SignedRelayRecord.TryDecode(refusal.Record.Span, out _));
    }

    [Fact]
    public async Task WithSession_MetadataAndAvailabilityAreFree()
    {
        await _customer.OpenAsync(Reserve, Token);
        using var metadata = await AskAsync($"m/{_world.InfoHash}");
        var info = TorrentInfo.Parse(await metadata.Content.ReadAsByteArrayAsync(Token));
        using var availability = await AskAsync($"q/{_world.InfoHash}");
        var bytes = await availability.Content.ReadAsByteArrayAsync(Token);

        Assert.Equal(_world.InfoHash, info.InfoHash);
        Assert.True(MessageCodec.TryDecode<Availability>(bytes, out var answer));
        Assert.Equal(_customer.Record.Price, answer.Price);
        Assert.Equal((info.PieceCount + 7) / 8, answer.Have.Length);
        Assert.Equal(0, (await _relay.ReadBooksAsync(Token)).BytesDelivered.Value);
    }

    [Fact]
    public async Task Ranges_FollowTheRfc()
    {
        await _customer.OpenAsync(Reserve, Token);
        var length = _world.Content.Info.Length;
        using var suffix = await AskAsync($"c/{_world.InfoHash}", new RangeHeaderValue(null, 1000));
        using var beyond = await AskAsync($"c/{_world.InfoHash}", new RangeHeaderValue(length - 10, length + 1000));
        using var outside = await AskAsync($"c/{_world.InfoHash}", new RangeHeaderValue(length, null));

        Assert.Equal(HttpStatusCode.PartialContent, suffix.StatusCode);
        Assert.Equal($"bytes {length - 1000}-{length - 1}/{length}", suffix.Content.Headers.ContentRange?.ToString());
        Assert.Equal(1000, (await suffix.Content.ReadAsByteArrayAsync(Token)).Length);
        Assert.Equal(10, (await beyond.Content.ReadAsByteArrayAsync(Token)).Length);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, outside.StatusCode);
        Assert.Equal($"bytes */{length}", outside.Content.Headers.ContentRange?.ToString());
    }

    [Theory]
    [InlineData("m/zz")]
    [InlineData("c/0123")]
    public async Task MalformedInfoHash_IsRefused(string path)
    {
        await _customer.OpenAsync(Reserve, Token);
        using var response = await AskAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("s")]
    [InlineData("v")]
    [InlineData("x")]
    public async Task Rubbish_GetsARefusalAndNoCrash(string name)
    {
        foreach (var body in (byte[][])[[], [0xc0], new byte[64 * 1024], [0x97, 0x01, 0xff]])
        {
            using var response = await _customer.SendAsync(HttpMethod.Post, name, Token, r => r.Content = new ByteArrayContent(body));
            Assert.True((int)response.StatusCode < 500);
            Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(Token));
        }
    }

    private static async Task<string> ShapeAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers).Where(h => h.Key != "Date")
            .Select(h => $"{h.Key}: {string.Join(",", h.Value)}").Order();
        return $"{response.StatusCode}\n{string.Join('\n', headers)}\n{await response.Content.ReadAsStringAsync(Token)}";
    }

    private Task<HttpResponseMessage> AskAsync(string path, RangeHeaderValue? range = null) =>
        _customer.SendAsync(HttpMethod.Get, path, Token, request =>
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _customer.Session.Token.ToHeader());
            request.Headers.Range = range;
        });
}
