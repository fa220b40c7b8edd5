using System.Text.Json;
using BttProxy.FunctionalTests.Relay.World;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>What an operator sees of a relay at a glance, running and stopped, and what nobody sees.</summary>
public sealed class OperatorStatusTests : IAsyncLifetime
{
    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 20, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Status_IsTheRelayOnOneScreen(bool running)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running, Token);

        var json = await relay.RunAsync(Token, "status", "--json");
        var text = await relay.RunAsync(Token, "status");

        Assert.Equal((0, 0, ""), (json.ExitCode, text.ExitCode, json.Error + text.Error));
        var status = json.Json;
        Assert.Equal(running ? "running" : "stopped", Text(status, "state"));
        Assert.Equal((relay.RelayId.ToString(), relay.Payee.ToString()), (Text(status, "relayId"), Text(status, "payee")));
        Assert.Equal(running ? 1 : 0, status.GetProperty("sessions").GetInt32());
        Assert.Equal(OperatedRelay.Bytes, status.GetProperty("today").GetProperty("bytesDelivered").GetInt64());
        Assert.Equal(relay.Owed.ToString(), Text(status.GetProperty("today"), "earned"));
        Assert.Equal(relay.Owed.ToString(), Text(status.GetProperty("totals"), "claimable"));
        Assert.True(status.GetProperty("chain").TryGetProperty("block", out var block) && block.GetInt64() > 0, json.Output);
        Assert.Contains($"{relay.Owed.ToBtt()}, 0 BTT under way", text.Output, StringComparison.Ordinal);
        Assert.True(text.Output.Split('\n').Length <= 24, text.Output);
        if (running)
        {
            Assert.True(status.GetProperty("dht").GetProperty("nodes").GetInt32() > 0);
            Assert.True(status.GetProperty("cache").GetProperty("held").GetInt64() > 0);
            Assert.Contains(relay.PublicEndPoint.ToString(), text.Output, StringComparison.Ordinal);
        }
        else
        {
            Assert.StartsWith("DO", text.Output, StringComparison.Ordinal);
            Assert.Contains("The relay does not run.", text.Output, StringComparison.Ordinal);
            Assert.False(status.TryGetProperty("dht", out _));
        }
    }

    [Fact]
    public async Task Status_TellsHowWellTheRelayIsFound()
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: true, Token);
        JsonElement dht;
        do
        {
            dht = (await relay.RunAsync(Token, "status", "--json")).Json.GetProperty("dht");
        }
        while (!dht.TryGetProperty("publishedAt", out _) || dht.GetProperty("copies").GetInt32() == 0);

        Assert.True(dht.GetProperty("announces").GetBoolean());
        Assert.Contains("record read back from", (await relay.RunAsync(Token, "status")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Status_WithoutChain_SaysSoFirst(bool running)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running, Token);
        await _world.Devnet.DisposeAsync();

        var status = await relay.RunAsync(Token, "status");

        Assert.Equal(0, status.ExitCode);
        Assert.StartsWith("DO", status.Output, StringComparison.Ordinal);
        Assert.Contains("The chain cannot be asked:", status.Output, StringComparison.Ordinal);
        Assert.Contains("chain.nodes", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_TellCreditAndPaymentAndNotTheContent()
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: true, Token);

        var json = await relay.RunAsync(Token, "sessions", "--json");
        var text = await relay.RunAsync(Token, "sessions");

        var session = Assert.Single(json.Json.GetProperty("sessions").EnumerateArray());
        Assert.Equal((relay.Customer.ChannelId.ToString(), relay.Customer.Payer.Address.ToString()), (Text(session, "channel"), Text(session, "payer")));
        Assert.Equal(("idle", "0"), (Text(session, "activity"), Text(session, "debt")));
        Assert.Equal(OperatedRelay.Bytes, session.GetProperty("bytesDelivered").GetInt64());
        Assert.Equal(OperatedRelay.Bytes, session.GetProperty("bytesPaid").GetInt64());
        Assert.Equal(session.GetProperty("bytesWindow").GetInt64(), session.GetProperty("bytesCredit").GetInt64());
        Assert.Contains(relay.ChannelName, text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_world.InfoHash.ToString(), json.Output + text.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Torrents_TellTheContentAndNotWhoPays()
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: true, Token);

        var json = await relay.RunAsync(Token, "torrents", "--json");
        var text = await relay.RunAsync(Token, "torrents");

        var torrent = Assert.Single(json.Json.GetProperty("torrents").EnumerateArray());
        Assert.Equal(_world.InfoHash.ToString(), Text(torrent, "infoHash"));
        Assert.Equal(1 << 20, torrent.GetProperty("size").GetInt64());
        Assert.InRange(torrent.GetProperty("held").GetInt64(), OperatedRelay.Bytes, 1 << 20);
        Assert.Equal(0, torrent.GetProperty("readers").GetInt32());
        foreach (var secret in new[] { relay.Customer.ChannelId.ToString()[2..14], relay.Customer.Payer.Address.ToString() })
        {
            Assert.DoesNotContain(secret, json.Output + text.Output, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("sessions", "The relay does not run: nobody is served.")]
    [InlineData("torrents", "The relay does not run: nothing is fetched.")]
    public async Task StoppedRelay_ServesNobody(string command, string expected)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: false, Token);

        var run = await relay.RunAsync(Token, command);

        Assert.Equal((0, expected + "\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Earnings_ShowHoursWithoutAnyToo()
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: false, Token);

        var day = await relay.RunAsync(Token, "earnings", "--since", "2026-01-31", "--until", "2026-02-01");
        var backwards = await relay.RunAsync(Token, "earnings", "--since", "2026-02-01", "--until", "2026-01-31");

        Assert.Equal(24, day.Output.Split('\n').Count(static line => line.StartsWith("2026-01-31 ", StringComparison.Ordinal)));
        Assert.Contains("HOUR (UTC)", day.Output, StringComparison.Ordinal);
        Assert.Equal((2, "--until lies before --since."), (backwards.ExitCode, backwards.Problem));
    }

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;
}
