using System.Net;
using System.Text;
using System.Text.Json;
using BttProxy.Devnet.Chain;
using BttProxy.Devnet.Chain.Node;
using BttProxy.FunctionalTests.Processes;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary><c>bttproxy-relay deploy-contract</c> on the embedded node, as whoever starts a network runs it.</summary>
public sealed class DeployContractTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bttproxy-deploy-");
    private readonly Secp256k1Key _deployer = Secp256k1Key.Generate();
    private DevnetChain _chain = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string NetworkFile => In("network.json");

    private string KeyFile => In("deployer-key");

    private NetworkDescription Network => new()
    {
        Name = "test", ChainId = _chain.Domain.ChainId, Contract = _chain.Domain.Contract, Token = _chain.Token, DhtBootstrap = [], AllowPrivateAddresses = true,
        Chain = _chain.Description,
    };

    public async ValueTask InitializeAsync()
    {
        _chain = await DevnetChain.StartAsync(
            In("chain"), new NodeOptions { BlockTime = TimeSpan.Zero, InitialBlocks = 1000, Gift = DevnetChain.Gift }, new IPEndPoint(IPAddress.Loopback, 0),
            TimeProvider.System, NullLoggerFactory.Instance, Cancelled);
        await File.WriteAllBytesAsync(NetworkFile, Network.ToJson(), Cancelled);
        await File.WriteAllTextAsync(KeyFile, Convert.ToHexStringLower(_deployer.Export()) + "\n", Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _chain.DisposeAsync();
        _deployer.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task DeployedContract_IsTheOneToPayWith_AndItsNetworkDescriptionIsComplete()
    {
        using var report = JsonDocument.Parse((await RunAsync(0, "--key-file", KeyFile, "--json")).Output);
        var root = report.RootElement;
        Assert.Equal(("deployed", "bttChannels"), (Text("state"), Text("code")));
        var network = NetworkDescription.Parse(Encoding.UTF8.GetBytes(root.GetProperty("network").GetRawText()));
        Assert.Equal(Text("contract"), network.Contract.ToString());
        Assert.Equal("41" + Convert.ToHexStringLower(network.Contract.Span), Text("contractHex"));
        Assert.NotEqual(Network.Contract, network.Contract);
        Assert.Equal((Network.ChainId, Network.Token, root.GetProperty("block").GetInt64()), (network.ChainId, network.Token, network.Chain.StartBlock));
        Assert.True(network.Chain.StartBlock > 1000);
        Assert.Equal(Network.Chain.JsonRpc.AsEnumerable(), network.Chain.JsonRpc);
        Assert.InRange(root.GetProperty("fee").GetInt64(), 1, root.GetProperty("feeLimit").GetInt64() + (20 * 1_000_000));

        await _chain.FaucetAsync(_deployer.Address, TokenAmount.FromBtt(3), Cancelled);
        using var chain = TronChannelChain.Connect(network, _deployer, TimeProvider.System);
        await chain.DepositAsync(_deployer, TokenAmount.FromBtt(2), Cancelled);
        Assert.Equal(TokenAmount.FromBtt(2), await chain.DepositedAsync(_deployer.Address, Cancelled));

        using var verified = JsonDocument.Parse((await RunAsync(0, "--verify", Text("contract"), "--json")).Output);
        Assert.Equal("verified", verified.RootElement.GetProperty("state").GetString());

        string Text(string name) => root.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task OutputIsTheNetworkFile_AndTheKeyMayComeFromTheEnvironment()
    {
        var deployed = await RunAsync(0, new Dictionary<string, string> { ["BTTPROXY_DEPLOYER_KEY"] = Convert.ToHexStringLower(_deployer.Export()) });

        var network = NetworkDescription.Parse(Encoding.UTF8.GetBytes(deployed.Output));
        Assert.Contains(network.Contract.ToString(), deployed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(_deployer.Export()), deployed.Error + deployed.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("is BttChannels", (await RunAsync(0, "--verify", network.Contract.ToString())).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_SaysWhatItCosts_AndSendsNothing()
    {
        using var report = JsonDocument.Parse((await RunAsync(0, "--key-file", KeyFile, "--dry-run", "--json")).Output);
        Assert.Equal("dryRun", report.RootElement.GetProperty("state").GetString());
        // Each byte of code costs 200 energy, and there are 7,700.
        Assert.InRange(report.RootElement.GetProperty("energy").GetInt64(), 1_400_000, 2_500_000);
        Assert.True(report.RootElement.GetProperty("feeLimit").GetInt64() > report.RootElement.GetProperty("energy").GetInt64() * 100);
        using var node = new TronNode(new TronNodeOptions { Endpoints = [_chain.Host.Endpoint] }, TimeProvider.System);
        Assert.Equal(1000, (await node.HeadAsync(Cancelled)).Number);
        Assert.Contains("fee limit", (await RunAsync(0, "--key-file", KeyFile, "--dry-run")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNotTheContract_IsToldApart()
    {
        Assert.Contains("is another contract", (await RunAsync(7, "--verify", _chain.Token.ToString())).Output, StringComparison.Ordinal);
        Assert.Contains("there is no contract", (await RunAsync(7, "--verify", _deployer.Address.ToString())).Output, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(NetworkFile, (Network with { ChainId = 728126428 }).ToJson(), Cancelled);
        Assert.Contains("another id", (await RunAsync(7, "--verify", Network.Contract.ToString())).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AccountThatCannotPay_SendsNothing()
    {
        await File.WriteAllBytesAsync(NetworkFile, (Network with { AllowPrivateAddresses = false }).ToJson(), Cancelled);
        Assert.Contains("send it some TRX first", (await RunAsync(3, "--key-file", KeyFile)).Error, StringComparison.Ordinal);
        using var node = new TronNode(new TronNodeOptions { Endpoints = [_chain.Host.Endpoint] }, TimeProvider.System);
        Assert.Equal(1000, (await node.HeadAsync(Cancelled)).Number);
    }

    [Theory]
    [InlineData(2, "--key-file FILE")]
    [InlineData(2, "does not exist", "--key-file", "/nowhere/key")]
    [InlineData(2, "64 hexadecimal digits", "--key-file", "/dev/null")]
    [InlineData(2, "TRON address", "--verify", "T123")]
    [InlineData(2, "--on or --network", "--on", "nile", "--token", "TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4")]
    [InlineData(2, "--max-fee", "--max-fee", "0")]
    [InlineData(3, "more than the limit", "--key-file", "KEY", "--max-fee", "1")]
    public async Task WhatCannotBeDone_IsOneClearLine(int exitCode, string says, params string[] args)
    {
        var failed = await RunAsync(exitCode, [.. args.Select(each => each == "KEY" ? KeyFile : each)]);
        Assert.Contains(says, failed.Error, StringComparison.Ordinal);
        Assert.Equal("", failed.Output);
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private Task<ChildProgram> RunAsync(int exitCode, params string[] args) => RunAsync(exitCode, [], args);

    private async Task<ChildProgram> RunAsync(int exitCode, Dictionary<string, string> environment, params string[] args)
    {
        var program = ChildProgram.Start("bttproxy-relay", ["deploy-contract", "--network", NetworkFile, .. args], environment);
        await using (program)
        {
            var code = await program.ExitAsync(Deadline, Cancelled);
            Assert.True(code == exitCode, $"{code}: {program.Error}{program.Output}");
            return program;
        }
    }
}
