using System.Globalization;
using System.Text.Json;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>The operator's commands against a relay that runs, and against the books of one that does not.</summary>
public sealed class OperatorCommandsTests : IAsyncLifetime
{
    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 20, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Earnings_AreThoseOfTheBooks(bool running)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running, Token);

        var json = await relay.RunAsync(Token, "earnings", "--by", "day", "--btt-per-trx", "2", "--json");
        var text = await relay.RunAsync(Token, "earnings");

        var owed = relay.Owed.ToString();
        Assert.Equal((0, 0, ""), (json.ExitCode, text.ExitCode, json.Error + text.Error));
        var totals = json.Json.GetProperty("totals");
        Assert.Equal((owed, owed), (Text(totals, "earned"), Text(totals, "claimable")));
        Assert.Equal(("0", "0", "0"), (Text(totals, "claimed"), Text(totals, "underWay"), Text(totals, "lost")));
        Assert.Equal(running ? 1 : 0, totals.GetProperty("openSessions").GetInt32());
        var rows = json.Json.GetProperty("rows").EnumerateArray().ToArray();
        var row = Assert.Single(rows, static row => row.GetProperty("vouchers").GetInt32() > 0);
        Assert.Equal((30, "UTC"), (rows.Length, Text(json.Json, "timeZone")));
        Assert.Equal((owed, 1, OperatedRelay.Bytes), (Text(row, "earned"), row.GetProperty("vouchers").GetInt32(), row.GetProperty("bytesDelivered").GetInt32()));
        Assert.Equal(2, json.Json.GetProperty("breakEven").GetProperty("claims").GetArrayLength());
        Assert.Contains($"earned            {relay.Owed.ToBtt()}", text.Output, StringComparison.Ordinal);
        Assert.Contains("Say with --btt-per-trx", text.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Channels_AreListedByWhatIsAtStake(bool running)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running, Token);

        var json = await relay.RunAsync(Token, "channels", "--json");
        var text = await relay.RunAsync(Token, "channels");

        var channel = Assert.Single(json.Json.GetProperty("channels").EnumerateArray());
        Assert.Equal(relay.Customer.ChannelId.ToString(), Text(channel, "id"));
        Assert.Equal(relay.Customer.Payer.Address.ToString(), Text(channel, "payer"));
        Assert.Equal((OperatedRelay.Reserve.ToString(), relay.Owed.ToString()), (Text(channel, "reserved"), Text(channel, "unclaimed")));
        Assert.Equal(running ? "session" : "idle", Text(channel, "activity"));
        Assert.False(channel.TryGetProperty("claim", out _));
        Assert.Contains(relay.ChannelName, text.Output, StringComparison.Ordinal);
        Assert.Contains(relay.Owed.ToBtt(), text.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DryRun_TellsTheFeeToTheUnitAndChangesNothing(bool running)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running, Token);
        var before = await relay.RunAsync(Token, "channels", "--json");
        var head = await _world.Chain.HeadAsync(Token);

        var dry = await relay.RunAsync(Token, "claim", "--dry-run", "--json");
        var text = await relay.RunAsync(Token, "claim", relay.ChannelName, "--dry-run");

        Assert.Equal((0, 0), (dry.ExitCode, text.ExitCode));
        Assert.Equal(before.Output, (await relay.RunAsync(Token, "channels", "--json")).Output);
        Assert.Equal(head.Number, (await _world.Chain.HeadAsync(Token)).Number);
        var batch = Assert.Single(dry.Json.GetProperty("batches").EnumerateArray());
        Assert.Equal(relay.Owed.ToString(), Text(batch, "value"));
        Assert.Contains("Nothing was sent.", text.Output, StringComparison.Ordinal);

        var claim = await relay.RunAsync(Token, "claim", "--json");
        var paid = Assert.Single(claim.Json.GetProperty("claims").EnumerateArray());
        Assert.Equal(batch.GetProperty("feeSun").GetInt64(), paid.GetProperty("feeSun").GetInt64());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task Claim_PaysThePayee(bool running, bool json)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running, Token);

        var claim = await relay.RunAsync(Token, json ? ["claim", "--json"] : ["claim", relay.ChannelName]);

        Assert.Equal(0, claim.ExitCode);
        Assert.Equal(relay.Owed, await relay.BalanceAsync(Token));
        if (json)
        {
            var line = Assert.Single(claim.Json.GetProperty("claims").EnumerateArray());
            Assert.Equal(("settled", relay.Owed.ToString()), (Text(line, "state"), Text(line, "value")));
        }
        else
        {
            Assert.Contains($"Claimed {relay.Owed.ToBtt()} of 1 channel for ", claim.Output, StringComparison.Ordinal);
            Assert.Matches("paid +0x[0-9a-f]{64}", claim.Output);
        }

        var again = await relay.RunAsync(Token, "claim", "--all");
        Assert.Equal((0, "Nothing was claimed.\n"), (again.ExitCode, again.Output));
        var totals = (await relay.RunAsync(Token, "earnings", "--json")).Json.GetProperty("totals");
        Assert.Equal((relay.Owed.ToString(), "0"), (Text(totals, "claimed"), Text(totals, "claimable")));
        Assert.True(totals.GetProperty("feesSun").GetInt64() > 0);
        var today = (await relay.RunAsync(Token, "earnings", "--by", "day", "--json")).Json.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(relay.Owed.Units, today.Aggregate(UInt128.Zero, static (sum, row) => sum + UInt128.Parse(Text(row, "claimed"), CultureInfo.InvariantCulture)));
        Assert.Equal(totals.GetProperty("feesSun").GetInt64(), today.Sum(static row => row.GetProperty("feesSun").GetInt64()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_EndsTheSaleAndClaims(bool running)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running, Token);

        var close = await relay.RunAsync(Token, "close", relay.ChannelName, "--json");

        Assert.Equal(0, close.ExitCode);
        Assert.Equal(running, close.Json.GetProperty("sessionEnded").GetBoolean());
        Assert.Equal((OperatedRelay.Reserve - relay.Owed).ToString(), Text(close.Json, "remainder"));
        Assert.Equal(relay.Owed, await relay.BalanceAsync(Token));
        if (running)
        {
            var refused = await Assert.ThrowsAsync<RelayRefusedException>(() => relay.Customer.OpenAsync(OperatedRelay.Reserve, Token));
            Assert.Equal(SessionRejection.ChannelClosing, refused.Refusal!.Session);
        }

        var again = await relay.RunAsync(Token, "close", relay.ChannelName);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("Nothing is claimed on it: there is nothing to claim.", again.Output, StringComparison.Ordinal);
        Assert.Contains("bttproxy wallet withdraw --channel", again.Output, StringComparison.Ordinal);
        var channel = Assert.Single((await relay.RunAsync(Token, "channels", "--json")).Json.GetProperty("channels").EnumerateArray());
        Assert.Equal("closing", Text(channel, "activity"));
    }

    /// <summary>Attack 44 of the list: an operator's job that ends a channel without its best voucher.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryAdminCommandWithUnclaimedVouchers_LosesNone(bool running)
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running, Token);
        var commands = new Dictionary<string, string[]>
        {
            ["status"] = ["status"],
            ["doctor"] = ["doctor"],
            ["probe"] = ["probe", $"https://{relay.PublicEndPoint}/"],
            ["sessions"] = ["sessions"],
            ["torrents"] = ["torrents"],
            ["earnings"] = ["earnings"],
            ["channels"] = ["channels", "--all"],
            ["claim"] = ["claim", "--dry-run"],
            ["close"] = ["close", relay.ChannelName],
            ["backup"] = ["backup", "create", Path.Combine(_world.Directory, "relay.backup"), "--passphrase-file", await _world.PassphraseFileAsync(Token)],
            ["restore"] = ["restore", "--from", _world.Directory],
            ["config"] = ["config", "show"],
            ["deploy-contract"] = ["deploy-contract", "--verify", $"{_world.Devnet.Domain.Contract}"],
        };
        var help = (await OperatorRun.RunAsync(Token, "--help")).Output;
        Assert.Equal(commands.Keys.Order(), CommandsIn(help).Order());

        foreach (var (name, command) in commands)
        {
            // A ledger that a running relay holds cannot be restored into, and there is no backup either.
            var exitCode = (await relay.RunAsync(Token, command)).ExitCode;
            var isExpected = name switch { "restore" => exitCode is 0 or 3, "probe" => exitCode == (running ? 0 : 5), _ => exitCode == 0 };
            Assert.True(isExpected, $"{name} ended with {exitCode}.");
            var channel = Assert.Single((await relay.RunAsync(Token, "channels", "--all", "--json")).Json.GetProperty("channels").EnumerateArray());
            Assert.Equal(relay.Owed.ToString(), Text(channel, "accepted"));
            Assert.Equal(relay.Owed, TokenAmount.Parse(Text(channel, "unclaimed")) + await relay.BalanceAsync(Token));
        }

        Assert.Equal(relay.Owed, await relay.BalanceAsync(Token));
    }

    private static IEnumerable<string> CommandsIn(string help) => help[help.IndexOf("Commands:", StringComparison.Ordinal)..]
        .Split('\n').Skip(1).TakeWhile(static line => line.StartsWith("  ", StringComparison.Ordinal))
        .Where(static line => !char.IsWhiteSpace(line[2]))
        .Select(static line => line.Trim().Split(' ')[0]);

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;
}
