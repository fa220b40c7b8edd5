using BttProxy.FunctionalTests.Relay.World;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary><c>probe</c> beside a relay that it knows nothing of.</summary>
public sealed class ProbeTests : IAsyncLifetime
{
    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 18, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task EveryoneAnswers_IsSuccess()
    {
        await using var relay = await _world.StartRelayAsync(_world.RelayOptions("relay"), Token);

        var text = await OperatorRun.RunAsync(Token, "probe", $"http://{relay.AdminEndPoint}/readyz", $"https://{relay.PublicEndPoint}/");
        var json = await OperatorRun.RunAsync(Token, "probe", "--json", $"http://{relay.AdminEndPoint}/healthz");

        Assert.Equal((0, 0, ""), (text.ExitCode, json.ExitCode, text.Error + json.Error));
        Assert.Equal(2, text.Output.Split('\n').Count(static line => line.StartsWith("ok", StringComparison.Ordinal)));
        var answer = Assert.Single(json.Json.EnumerateArray());
        Assert.Equal((200, "ok"), (answer.GetProperty("status").GetInt32(), answer.GetProperty("said").GetString()));
    }

    [Fact]
    public async Task OneDoesNotAnswerOrRefuses_IsFailure()
    {
        await using var relay = await _world.StartRelayAsync(_world.RelayOptions("relay"), Token);
        var admin = $"http://{relay.AdminEndPoint}";

        var refused = await OperatorRun.RunAsync(Token, "probe", $"{admin}/healthz", $"{admin}/nothing");
        await relay.DisposeAsync();
        var gone = await OperatorRun.RunAsync(Token, "probe", $"{admin}/healthz");

        Assert.Equal((5, 5), (refused.ExitCode, gone.ExitCode));
        Assert.Matches(@"FAIL +\S+/nothing +404", refused.Output);
        Assert.Matches(@"FAIL +\S+/healthz +- +\S", gone.Output);
    }

    [Theory]
    [InlineData("relay.example.org:9464")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("/readyz")]
    public async Task SomethingElseThanAUrl_IsRefusedByName(string url)
    {
        var run = await OperatorRun.RunAsync(Token, "probe", url);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"not '{url}'", run.Error, StringComparison.Ordinal);
    }
}
