using System.Net;
using BttProxy.Devnet.Chain;
using BttProxy.Devnet.Chain.Node;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.Tron;

/// <summary>The chain client at embedded nodes that are behind, or tell more than others: three before one chain.</summary>
public sealed class EmbeddedNodeFaultTests : IAsyncLifetime
{
    private static readonly NodeOptions Options = new() { BlockTime = TimeSpan.FromMilliseconds(100), Gift = DevnetChain.Gift };
    private static readonly TokenAmount Funds = new(1_000);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bttproxy-nodes-");
    private readonly Secp256k1Key _payer = Secp256k1Key.Generate();
    private readonly List<NodeHost> _others = [];
    private DevnetChain _devnet = null!;
    private TronNode _node = null!;
    private TronChannelChain _chain = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var free = new IPEndPoint(IPAddress.Loopback, 0);
        _devnet = await DevnetChain.StartAsync(_folder.FullName, Options, free, TimeProvider.System, NullLoggerFactory.Instance, Token);
        for (var i = 0; i < 2; i++)
        {
            _others.Add(await NodeHost.StartAsync(_devnet.Host.Front.Chain, Options, free, TimeProvider.System, NullLoggerFactory.Instance, Token));
        }

        _node = new TronNode(
            new TronNodeOptions { Endpoints = [_devnet.Host.Endpoint, .. _others.Select(static host => host.Endpoint)], RequestsPerSecond = 1000 },
            TimeProvider.System);
        _chain = new TronChannelChain(_node, _devnet.Domain, _devnet.Token, _payer, new TronChannelOptions(), TimeProvider.System);
        await _devnet.FaucetAsync(_payer.Address, Funds, Token);
    }

    public async ValueTask DisposeAsync()
    {
        _chain.Dispose();
        foreach (var host in _others)
        {
            await host.DisposeAsync();
        }

        await _devnet.DisposeAsync();
        _payer.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task NodeThatIsFarBehind_IsOutvoted()
    {
        _others[0].Front.BlocksBehind = 1000;
        await _chain.DepositAsync(_payer, Funds, Token);
        Assert.Equal(Funds, await _chain.DepositedAsync(_payer.Address, Token));
        Assert.Equal(TokenAmount.Zero, await _chain.BalanceAsync(_payer.Address, Token));
    }

    [Fact]
    public async Task NodesThatAreFarBehind_AreNoFalseDeath()
    {
        var approval = (await _chain.PrepareApprovalAsync(_payer, Funds, Token))!.Transaction!;
        await _chain.SubmitAsync(approval, Token);
        _others.ForEach(static host => host.Front.BlocksBehind = 1000);
        // By what these two say the transaction is in no block; its time is not over by their clock either.
        var late = approval with { Expiration = (await _node.HeadAsync(Token)).Time.AddMinutes(1) };
        Assert.NotEqual(TransactionStage.Expired, (await _chain.ProgressAsync(late, Token)).Stage);

        _others.ForEach(static host => host.Front.BlocksBehind = 0);
        Assert.True((await _chain.FollowAsync(approval, TransactionStage.Final, null, TimeProvider.System, Token)).HasSucceeded);
    }

    [Fact]
    public async Task EstimateOfANodeThatOffersOne_IsEnough()
    {
        await _chain.AcceptAsync((await _chain.PrepareApprovalAsync(_payer, Funds, Token))!, Token);
        var call = new ContractCall(_payer.Address, _devnet.Domain.Contract, BttChannelsCalls.Deposit(_devnet.Token, Funds));
        var used = (await _node.SimulateAsync(call, Token)).Energy;
        _others[1].Front.EstimatesEnergy = true;
        var estimated = (await _node.SimulateAsync(call, Token)).Energy;

        Assert.InRange(estimated, used, used * 2);
        await _chain.DepositAsync(_payer, Funds, Token);
    }
}
