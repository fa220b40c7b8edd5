using System.Text.Json.Nodes;
using BttProxy.Client;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Client;

public class ClientProgramTests(ITestOutputHelper output)
{
    private const int Length = 8_000_000;
    private const int PieceLength = 128 << 10;
    private const ulong Price = 1_000_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_AgainAndAgain_NeverSignsALowerOrADoubleAmount()
    {
        const int Kills = 5;
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(
            content, Price, new RelayBehaviour { Pace = TimeSpan.FromMilliseconds(10), CarriesDebt = true }, Cancellation);
        var home = await ClientHome.MakeAsync(market, [relay], Cancellation);
        for (var kill = 1; kill <= Kills; kill++)
        {
            // Each time a little further, so that the kill meets another moment of store, send and answer.
            var before = relay.Delivered;
            await using var child = home.StartFetch(content);
            await Eventually.IsTrueAsync(() => relay.Delivered >= before + 700_000 + (kill * 33_000));
            await child.SignalAsync("KILL", Cancellation);
            await child.ExitAsync(Deadline, Cancellation);
        }

        await using var last = home.StartFetch(content);
        Assert.True(await last.ExitAsync(Deadline, Cancellation) == 0, last.Error);

        var result = JsonNode.Parse(last.Output)!;
        Assert.Equal(content.Sha256, (string?)result["sha256"]);
        Assert.All(relay.Accounts.Values, static account => Assert.Null(account.Unordered));
        // One channel: each run found the one of the run before, and its highest voucher.
        var account = Assert.Single(relay.Accounts.Values);
        var most = relay.Offer.Price.Owed(new ByteCount(relay.Delivered));
        Assert.True(relay.Earned <= most, $"paid {relay.Earned} for {relay.Delivered} bytes");
        output.WriteLine(
            $"{Kills} kills: {relay.Delivered - Length} bytes fetched twice, paid {relay.Earned} units for {relay.Delivered} bytes in {account.Vouchers.Count} vouchers");
    }

    [Fact]
    public async Task ControlC_PaysWhatIsVerified_AndTheNextRunGoesOn()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour { Pace = TimeSpan.FromMilliseconds(10) }, Cancellation);
        var home = await ClientHome.MakeAsync(market, [relay], Cancellation);
        await using var first = home.StartFetch(content);
        await Eventually.IsTrueAsync(() => relay.Delivered > 2_000_000);
        await first.SignalAsync("INT", Cancellation);

        Assert.Equal((int)ExitCode.Interrupted, await first.ExitAsync(Deadline, Cancellation));
        Assert.Contains("run the same command again", first.Error, StringComparison.Ordinal);
        Assert.Empty(first.Output);
        Assert.True(relay.Earned >= relay.Offer.Price.Owed(new ByteCount(1_000_000)), relay.Earned.ToString());

        await using var second = home.StartFetch(content);
        Assert.Equal(0, await second.ExitAsync(Deadline, Cancellation));
        var result = JsonNode.Parse(second.Output)!;
        Assert.Equal(content.Sha256, (string?)result["sha256"]);
        Assert.True((long)result["fetchedBytes"]! < Length - 1_000_000);
    }

    [Fact]
    public async Task Json_HasWhatAProgramNeeds()
    {
        var content = await TestContent.MakeAsync(Length, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        var home = await ClientHome.MakeAsync(market, [relay], Cancellation);

        await using var fetch = home.StartFetch(content);
        Assert.Equal(0, await fetch.ExitAsync(Deadline, Cancellation));
        var result = JsonNode.Parse(fetch.Output)!;
        Assert.Equal(content.Info.InfoHash.ToString(), (string?)result["infoHash"]);
        Assert.Equal(Length, (long)result["bytes"]!);
        Assert.Equal(relay.Earned.ToString(), (string?)result["paid"]);
        var use = Assert.Single(result["relays"]!.AsArray())!;
        Assert.Equal(
            (relay.Id.ToString(), $"{Price}", (long)Length, "Finished"),
            ((string)use["id"]!, (string)use["price"]!, (long)use["bytes"]!, (string)use["reason"]!));

        await using var relays = home.Start("relays", "--json");
        Assert.Equal(0, await relays.ExitAsync(Deadline, Cancellation));
        var row = Assert.Single(JsonNode.Parse(relays.Output)!.AsArray())!;
        Assert.Equal((relay.Id.ToString(), "XX"), ((string)row["id"]!, (string)row["region"]!));

        await using var wallet = home.Start("wallet", "show", "--json");
        Assert.Equal(0, await wallet.ExitAsync(Deadline, Cancellation));
        var channel = Assert.Single(JsonNode.Parse(wallet.Output)!["channels"]!.AsArray())!;
        Assert.Equal(relay.Earned.ToString(), (string?)channel["signed"]);
    }

    [Theory]
    [InlineData("fetch magnet:?xt=urn:btih:nonsense", ExitCode.BadInput, "magnet link")]
    [InlineData("fetch missing.torrent", ExitCode.BadInput, "missing.torrent")]
    [InlineData("fetch BROKEN", ExitCode.BadInput, ".torrent")]
    [InlineData("fetch HASH --max-price cheap", ExitCode.Usage, "cheap")]
    [InlineData("fetch HASH --relay nobody", ExitCode.Usage, "--relay")]
    [InlineData("fetch HASH --network BROKEN", ExitCode.BadInput, "network description")]
    [InlineData("fetch HASH --password-file BROKEN", ExitCode.Wallet, "password is wrong")]
    [InlineData("fetch HASH -o BROKEN/below", ExitCode.Disk, "BROKEN")]
    [InlineData("fetch HASH --home BROKEN/below", ExitCode.Disk, "--home")]
    public async Task BadInput_IsOneLineThatSaysWhatToDo(string line, ExitCode expected, string says)
    {
        var content = await TestContent.MakeAsync(300_000, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        var home = await ClientHome.MakeAsync(market, [relay], Cancellation);
        await File.WriteAllTextAsync(home.In("BROKEN"), "this is not it", Cancellation);
        var args = line.Split(' ').Select(word => word
            .Replace("HASH", content.Info.InfoHash.ToString(), StringComparison.Ordinal)
            .Replace("BROKEN", home.In("BROKEN"), StringComparison.Ordinal));

        await using var child = home.Start([.. args]);

        Assert.Equal((int)expected, await child.ExitAsync(Deadline, Cancellation));
        Assert.Contains(says, child.Error, StringComparison.Ordinal);
        Assert.Empty(child.Output);
    }

    [Fact]
    public async Task ChainThatIsGone_IsOneLine()
    {
        var content = await TestContent.MakeAsync(300_000, PieceLength, Cancellation);
        await using var market = await TestMarketplace.StartAsync(TokenAmount.FromBtt(1), Cancellation);
        var relay = await market.AddRelayAsync(content, Price, new RelayBehaviour(), Cancellation);
        var home = await ClientHome.MakeAsync(market, [relay], Cancellation);
        await market.Devnet.DisposeAsync();

        await using var child = home.StartFetch(content);

        Assert.Equal((int)ExitCode.Network, await child.ExitAsync(Deadline, Cancellation));
    }
}
