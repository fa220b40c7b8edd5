using System.Net;
using BttProxy.Relay.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Telemetry;

public sealed class CollectorConnectionTests
{
    private static readonly Uri Endpoint = new("http://collector.invalid:4317");

    private readonly FakeLogger _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IEnumerable<LogLevel> Levels => _log.Collector.GetSnapshot().Select(static record => record.Level);

    [Fact]
    public async Task CollectorThatIsDown_IsToldOnce_AndOnceWhenItIsBack()
    {
        var isDown = true;
        using var client = Client(_ => isDown ? throw new HttpRequestException("Connection refused") : new HttpResponseMessage());

        for (var i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(Endpoint, null, Token));
        }

        Assert.Equal(LogLevel.Warning, Assert.Single(Levels));
        Assert.Contains("does not take traces: Connection refused", _log.LatestRecord.Message, StringComparison.Ordinal);
        isDown = false;
        await client.PostAsync(Endpoint, null, Token);
        await client.PostAsync(Endpoint, null, Token);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], Levels);
    }

    [Fact]
    public void RequestOfTheSynchronousExporter_IsJudgedToo()
    {
        using var client = Client(static _ => new HttpResponseMessage(HttpStatusCode.Unauthorized));
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint);

        Assert.Equal(HttpStatusCode.Unauthorized, client.Send(request, Token).StatusCode);

        Assert.Contains("HTTP 401", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusalOfGrpc_IsARefusal()
    {
        using var client = Client(static _ =>
        {
            var answer = new HttpResponseMessage { Content = new ByteArrayContent([]) };
            answer.TrailingHeaders.Add("grpc-status", "16");
            answer.TrailingHeaders.Add("grpc-message", "no%20token");
            return answer;
        });

        await client.PostAsync(Endpoint, null, Token);

        Assert.Contains("gRPC status 16 no token", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadersOfTheFile_WinOverThoseOfTheEnvironment()
    {
        HttpRequestMessage? sent = null;
        using var client = Client(request =>
        {
            sent = request;
            return new HttpResponseMessage();
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint);
        request.Headers.TryAddWithoutValidation("authorization", "of the environment");

        await client.SendAsync(request, Token);

        Assert.Equal("of the file", Assert.Single(sent!.Headers.NonValidated["authorization"]));
        Assert.Empty(_log.Collector.GetSnapshot());
    }

    [Fact]
    public void Dialler_GoesNowhereElse()
    {
        using var dialler = CollectorConnection.Dialler();

        Assert.False(dialler.UseProxy || dialler.AllowAutoRedirect || dialler.UseCookies);
    }

    private HttpClient Client(Func<HttpRequestMessage, HttpResponseMessage> answer) => new(
        new CollectorConnection("traces", Endpoint, CollectorHeaders.Parse(["authorization: of the file"]), _log, new Collector(answer)));

    private sealed class Collector(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer(request));
    }
}
