using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace BttProxy.FunctionalTests.Relay.Roles;

/// <summary>The gateway's forwarding before two scripted workers.</summary>
public sealed class WorkerFailoverTests : IAsyncLifetime
{
    private const string Path = "c/0123456789012345678901234567890123456789";

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(3_000_000);
    private ScriptedWorker _first = null!;
    private ScriptedWorker _second = null!;
    private WebApplication _gateway = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _first = await ScriptedWorker.StartAsync(_content, Token);
        _second = await ScriptedWorker.StartAsync(_content, Token);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddWorkerRoutes(
            new WorkerAddresses([_first.Address, _second.Address]), new TunnelOptions(), TimeSpan.FromMinutes(1));
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        _gateway = builder.Build();

        _gateway.MapReverseProxy(static proxy => proxy.UseLoadBalancing());
        await _gateway.StartAsync(Token);
        _http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(_gateway.Urls.Single()) };

        // Without the sessions' middleware all requests go to the same worker.
        Assert.Equal(_content, await GetAsync(null));
        (_first, _second) = _second.Ranges.IsEmpty ? (_first, _second) : (_second, _first);
        _first.Ranges.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Theory]
    [InlineData(0, 2_999_999, 0)]
    [InlineData(17, 2_500_016, 1)]
    [InlineData(1_000, 1_900_000, 1_234_567)]
    public async Task WorkerThatBreaksOff_IsGoneOnWithFromTheExactByte(long from, long to, int breaksAfter)
    {
        _first.BreaksAfter = breaksAfter;

        var bytes = await GetAsync(new RangeHeaderValue(from, to));

        Assert.Equal(_content[(int)from..((int)to + 1)], bytes);
        Assert.EndsWith($"-{to}", Assert.Single(_second.Ranges), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WholeContent_IsGoneOnWithToo()
    {
        _first.BreaksAfter = 1_000_000;

        Assert.Equal(_content, await GetAsync(null));
        Assert.EndsWith("-2999999", Assert.Single(_second.Ranges), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkersThatBreakInTurn_GiveEveryByteOnce()
    {
        (_first.BreaksAfter, _second.BreaksAfter) = (100_003, 200_001);

        Assert.Equal(_content, await GetAsync(null));
        Assert.True(_first.Ranges.Count + _second.Ranges.Count >= 20);
    }

    [Fact]
    public async Task OtherContent_IsNeverJoined()
    {
        (_first.BreaksAfter, _second.Tag) = (500_000, "something else");

        var bytes = await GetAsync(null);

        Assert.Equal(_content[..bytes.Length], bytes);
        Assert.True(bytes.Length <= 500_000);
    }

    [Fact]
    public async Task WorkersThatGiveNoByte_AreNotAskedForEver()
    {
        (_first.BreaksAfter, _second.BreaksAfter) = (0, 0);

        using var response = await _http.GetAsync(new Uri(Path, UriKind.Relative), Token);

        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(2, _first.Ranges.Count + _second.Ranges.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.BadGateway)]
    public async Task WorkerThatTakesNothingMore_IsPassedOver(HttpStatusCode refusal)
    {
        _first.Refuses = refusal;

        Assert.Equal(_content, await GetAsync(null));
    }

    [Fact]
    public async Task RefusalThatIsForTheClient_ReachesIt()
    {
        _first.Refuses = HttpStatusCode.UnavailableForLegalReasons;

        using var response = await _http.GetAsync(new Uri(Path, UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.UnavailableForLegalReasons, response.StatusCode);
        Assert.Empty(_second.Ranges);
    }

    [Fact]
    public async Task WorkerThatIsGone_IsPassedOver_UntilNoneIsLeft()
    {
        await _first.DisposeAsync();
        Assert.Equal(_content, await GetAsync(null));

        await _second.DisposeAsync();
        using var response = await _http.GetAsync(new Uri(Path, UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    private async Task<byte[]> GetAsync(RangeHeaderValue? range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Range = range;
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.True(response.IsSuccessStatusCode, response.StatusCode.ToString());
        return await response.Content.ReadAsByteArrayAsync(Token);
    }
}
