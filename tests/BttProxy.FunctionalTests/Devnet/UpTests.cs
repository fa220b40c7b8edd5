using System.Text.Json;
using BttProxy.Client.Wallets;
using BttProxy.Devnet.World;
using BttProxy.FunctionalTests.Processes;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Tron.Node;
using Xunit;

namespace BttProxy.FunctionalTests.Devnet;

/// <summary><c>up</c> in one process, and the programs that a user points at its network.json in others.</summary>
public sealed class UpTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bttproxy-up-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string State => Path.Combine(_directory.FullName, "state");

    private string NetworkFile => Path.Combine(State, "network.json");

    [Fact]
    public async Task OtherProcesses_FetchAndPayWithNothingButTheNetworkFile()
    {
        await using var world = await UpAsync();
        await using var fetch = ChildProgram.Start(
            "bttproxy", "--network", NetworkFile, "--home", PathOf("home"), "fetch", await MagnetAsync(), "-o", PathOf("out"), "--json");

        Assert.Equal(0, await fetch.ExitAsync(Deadline, Cancelled));

        AssertSameFiles(Path.Combine(State, "content"), PathOf("out"));
        await AssertEarnedAsync(PaidBy(fetch));
        await StopAsync(world);
    }

    [Fact]
    public async Task NewComputerWithTheWalletAlone_FindsItsChannelsOnALongChain_AndGetsItsMoneyBack()
    {
        await using var world = await UpAsync("--initial-blocks", "200000");
        await using var fetch = ChildProgram.Start(
            "bttproxy", "--network", NetworkFile, "--home", PathOf("home"), "fetch", await MagnetAsync(), "-o", PathOf("out"), "--json");
        Assert.Equal(0, await fetch.ExitAsync(Deadline, Cancelled));
        var paid = PaidBy(fetch);

        using var recovered = JsonDocument.Parse((await WalletAsync("recover", "--json")).Output);
        var channel = Assert.Single(recovered.RootElement.EnumerateArray());
        Assert.Equal(("Recovered", paid.ToString()), (channel.GetProperty("outcome").GetString(), channel.GetProperty("signed").GetString()));
        var closed = await WalletAsync("withdraw", "--channel", channel.GetProperty("id").GetString()!, "--json");
        using var withdrawn = JsonDocument.Parse(closed.Output);
        Assert.Equal(("Closed", paid.ToString()), (withdrawn.RootElement.GetProperty("state").GetString(), withdrawn.RootElement.GetProperty("paid").GetString()));
        await WalletAsync("withdraw");
        using var balance = JsonDocument.Parse((await WalletAsync("balance", "--json")).Output);
        Assert.Equal((DevnetWallet.Funds - paid).ToString(), balance.RootElement.GetProperty("balance").GetString());

        // Without a service that finds events the chain is too long; the message names what is missing.
        var withoutEvents = PathOf("no-events.json");
        var network = await ReadNetworkAsync();
        await File.WriteAllBytesAsync(
            withoutEvents, (network with { Chain = network.Chain with { JsonRpc = [] }, Wallet = Absolute(network.Wallet!) }).ToJson(), Cancelled);
        await using var lost = ChildProgram.Start("bttproxy", "--network", withoutEvents, "--home", PathOf("third"), "wallet", "recover");
        Assert.Equal(9, await lost.ExitAsync(Deadline, Cancelled));
        Assert.Contains("\"jsonRpc\" in the \"chain\" part of the network description", lost.Error, StringComparison.Ordinal);
        await StopAsync(world);

        WalletReference Absolute(WalletReference wallet) => new(Path.Combine(State, wallet.File), Path.Combine(State, wallet.PasswordFile));
    }

    [Fact]
    public async Task RelayInAnotherProcess_JoinsAndSells()
    {
        await using var world = await UpAsync();
        await using var relay = ChildProgram.Start(
            "bttproxy-relay", "--network", NetworkFile, "--state", PathOf("relay"), "--price", "2000000000000000");
        var id = (await relay.LineAsync("relay ", Deadline, Cancelled)).Split(' ')[1];
        await using var fetch = ChildProgram.Start(
            "bttproxy", "--network", NetworkFile, "--home", PathOf("home"), "fetch", await MagnetAsync(), "-o", PathOf("out"), "--relay", id, "--json");

        Assert.Equal(0, await fetch.ExitAsync(Deadline, Cancelled));

        AssertSameFiles(Path.Combine(State, "content"), PathOf("out"));
        Assert.Equal(new PricePerMegabyte(2_000_000_000_000_000).Owed(new ByteCount(1 << 20)), PaidBy(fetch));
        await AssertEarnedAsync(PaidBy(fetch));
        await relay.SignalAsync("TERM", Cancelled);
        Assert.Equal(0, await relay.ExitAsync(Deadline, Cancelled));
        await StopAsync(world);
    }

    [Fact]
    public async Task Restarted_IsTheSameMarketplace()
    {
        await using var first = await UpAsync();
        var (network, relays) = (await ReadNetworkAsync(), await RelaysAsync());
        using (var wallet = await OpenWalletAsync(network))
        using (var chain = TronChannelChain.Connect(network, wallet.Key, TimeProvider.System))
        {
            await chain.DepositAsync(wallet.Key, new TokenAmount(7), Cancelled);
        }

        await StopAsync(first);
        await using var second = await UpAsync();

        var again = await ReadNetworkAsync();
        Assert.Equal(network.Contract, again.Contract);
        Assert.Equal(relays, await RelaysAsync());
        using var sameWallet = await OpenWalletAsync(again);
        using var reopened = TronChannelChain.Connect(again, sameWallet.Key, TimeProvider.System);
        Assert.Equal(new TokenAmount(7), await reopened.DepositedAsync(sameWallet.Address, Cancelled));
        await StopAsync(second);
    }

    [Fact]
    public async Task StateInUse_IsRefusedInOneLine()
    {
        await using var first = await UpAsync();
        await using var second = ChildProgram.Start("bttproxy-devnet", "up", "--state", State);

        Assert.Equal(1, await second.ExitAsync(Deadline, Cancelled));

        Assert.Contains("Another devnet is running", Assert.Single(second.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.True(File.Exists(NetworkFile));
        await StopAsync(first);
    }

    [Theory]
    [InlineData("'--state'", "up")]
    [InlineData("Cannot make the state directory", "up", "--state", "/dev/null/state")]
    [InlineData("--listen-address takes", "up", "--state", "unused", "--listen-address", "0.0.0.0")]
    [InlineData("--relays takes", "up", "--state", "unused", "--relays", "0")]
    [InlineData("--dht-nodes takes", "up", "--state", "unused", "--dht-nodes", "many")]
    public async Task BadInput_GetsOneClearLine(string expected, params string[] args)
    {
        await using var up = ChildProgram.Start("bttproxy-devnet", args);

        Assert.NotEqual(0, await up.ExitAsync(Deadline, Cancelled));
        Assert.Contains(expected, Assert.Single(up.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddressOfAnotherMachine_IsRefusedInOneLine()
    {
        await using var up = ChildProgram.Start("bttproxy-devnet", "up", "--state", State, "--listen-address", "192.0.2.1");

        Assert.Equal(1, await up.ExitAsync(Deadline, Cancelled));
        Assert.Contains("192.0.2.1", Assert.Single(up.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private async Task<Wallet> OpenWalletAsync(NetworkDescription network) => await WalletFile.OpenAsync(
        Path.Combine(State, network.Wallet!.File), await File.ReadAllTextAsync(Path.Combine(State, network.Wallet.PasswordFile), Cancelled), Cancelled);

    private static TokenAmount PaidBy(ChildProgram fetch)
    {
        using var report = JsonDocument.Parse(fetch.Output);
        return TokenAmount.Parse(report.RootElement.GetProperty("paid").GetString());
    }

    private static void AssertSameFiles(string expected, string actual)
    {
        foreach (var file in Directory.EnumerateFiles(expected, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(actual, Path.GetRelativePath(expected, file));
            Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(copy)), copy);
        }
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    private async Task<ChildProgram> WalletAsync(params string[] args)
    {
        var program = ChildProgram.Start("bttproxy", ["--network", NetworkFile, "--home", PathOf("new computer"), "wallet", .. args]);
        await using (program)
        {
            Assert.True(await program.ExitAsync(Deadline, Cancelled) == 0, program.Error);
            return program;
        }
    }

    private async Task<ChildProgram> UpAsync(params string[] more)
    {
        var world = ChildProgram.Start("bttproxy-devnet", ["up", "--state", State, "--size", "1MiB", "--relays", "2", .. more]);
        await world.LineAsync("ready ", Deadline, Cancelled);
        return world;
    }

    private async Task StopAsync(ChildProgram world)
    {
        await world.SignalAsync("TERM", Cancelled);
        Assert.Equal(0, await world.ExitAsync(Deadline, Cancelled));
        Assert.False(File.Exists(NetworkFile));
    }

    private async Task<string> MagnetAsync() => (await File.ReadAllTextAsync(Path.Combine(State, "content.magnet"), Cancelled)).Trim();

    private async Task<NetworkDescription> ReadNetworkAsync() => NetworkDescription.Parse(await File.ReadAllBytesAsync(NetworkFile, Cancelled));

    private async Task<string[]> RelaysAsync()
    {
        await using var relays = ChildProgram.Start("bttproxy", "--network", NetworkFile, "--home", PathOf("home"), "relays", "--json");
        Assert.Equal(0, await relays.ExitAsync(Deadline, Cancelled));
        using var json = JsonDocument.Parse(relays.Output);
        return [.. json.RootElement.EnumerateArray().Select(relay => relay.GetProperty("id").GetString()!).Order()];
    }

    /// <summary>Waits until a relay has claimed exactly this on chain; the payer's other tokens are still the payer's, to the unit.</summary>
    private async Task AssertEarnedAsync(TokenAmount paid)
    {
        Assert.True(paid > TokenAmount.Zero);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Deadline);
        while (true)
        {
            await using var show = ChildProgram.Start("bttproxy", "--network", NetworkFile, "--home", PathOf("home"), "wallet", "show", "--json");
            Assert.Equal(0, await show.ExitAsync(Deadline, limit.Token));
            using var wallet = JsonDocument.Parse(show.Output);
            var channel = wallet.RootElement.GetProperty("channels").EnumerateArray().Single();
            Assert.Equal(paid, Amount(channel, "signed"));
            if (Amount(channel, "claimed") == paid)
            {
                var kept = Amount(wallet.RootElement, "balance") + Amount(wallet.RootElement, "deposit") + Amount(channel, "reserved");
                Assert.Equal(TokenAmount.FromBtt(1_000), kept);
                return;
            }
        }
    }

    private static TokenAmount Amount(JsonElement parent, string name) => TokenAmount.Parse(parent.GetProperty(name).GetString());
}
