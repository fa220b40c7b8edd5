using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.Tron.Node;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;
using Grpc.Core;
using Xunit;
using Code = BttProxy.Tron.Node.Wire.Return.Types.response_code;
using Result = BttProxy.Tron.Node.Wire.Transaction.Types.Result;

namespace BttProxy.FunctionalTests.Tron;

/// <summary>The chain client among nodes that lie, lag, fail, limit and talk nonsense.</summary>
public sealed class TronNodeTests : IAsyncLifetime
{
    private static readonly Bytes32 Id = new([.. Enumerable.Repeat((byte)7, 32)]);
    private static readonly ContractCall Call = new(TronAddress.Zero, TronAddress.Zero, new byte[4]);

    private readonly List<ScriptedNode> _nodes = [];
    private TronNode _chain = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            _nodes.Add(await ScriptedNode.StartAsync(apiKey: i == 0 ? "secret" : null));
        }

        _chain = Connect(_nodes);
    }

    public async ValueTask DisposeAsync()
    {
        _chain.Dispose();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task NodeThatLies_IsOutvoted()
    {
        _nodes[0].Call = _ => ScriptedNode.Returned([66]);
        Assert.Equal([1], (await _chain.CallAsync(Call, Cancel)).Output.ToArray());
    }

    [Fact]
    public async Task NodesThatContradictEachOther_AreNotBelieved()
    {
        for (byte i = 0; i < 3; i++)
        {
            var answer = i;
            _nodes[i].Call = _ => ScriptedNode.Returned([answer]);
        }

        var failure = await Assert.ThrowsAsync<ChainException>(() => _chain.CallAsync(Call, Cancel));
        Assert.True(failure.IsTransient);
        Assert.Contains("do not agree", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodeThatIsABlockBehind_IsWaitedFor()
    {
        var asked = 0;
        _nodes[0].Delay = _ => throw new RpcException(new Status(StatusCode.Unavailable, "down"));
        _nodes[1].Info = _ => Interlocked.Increment(ref asked) == 1 ? new TransactionInfo() : Info();
        _nodes[2].Info = _ => Info();
        Assert.Equal(42, (await _chain.OutcomeAsync(Id, Cancel))?.Block);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task NodeThatIsSilent_DelaysNobody()
    {
        _nodes[2].Delay = cancellation => Task.Delay(Timeout.Infinite, cancellation);
        Assert.Equal(100, (await _chain.HeadAsync(Cancel)).Number);
        Assert.Equal([1], (await _chain.CallAsync(Call, Cancel)).Output.ToArray());
    }

    [Fact]
    public async Task TooFewNodes_IsATransientFailureThatNamesOne()
    {
        _nodes[0].Delay = _nodes[1].Delay = _ => throw new RpcException(new Status(StatusCode.ResourceExhausted, "429"));
        var failure = await Assert.ThrowsAsync<ChainException>(() => _chain.HeadAsync(Cancel));
        Assert.True(failure.IsTransient);
        Assert.Contains("asks for fewer requests or an API key", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClosedPort_IsATransientFailure()
    {
        await _nodes[0].DisposeAsync();
        await _nodes[1].DisposeAsync();
        Assert.True((await Assert.ThrowsAsync<ChainException>(() => _chain.HeadAsync(Cancel))).IsTransient);
    }

    [Fact]
    public async Task ApiKey_GoesToItsNodeOnly()
    {
        _nodes[0].Head = _nodes[1].Head = _nodes[2].Head = () => ScriptedNode.Block(5);
        using var strict = Connect(_nodes, agreement: 3);
        Assert.Equal(5, (await strict.SolidifiedAsync(Cancel)).Number);
        Assert.Equal([["secret"], [null], [null]], _nodes.Select(node => node.ApiKeys.ToArray()));
    }

    [Fact]
    public async Task Head_IsWhatEnoughNodesHave()
    {
        _nodes[1].Head = () => ScriptedNode.Block(90);
        _nodes[2].Head = () => ScriptedNode.Block(80);
        using var strict = Connect(_nodes, agreement: 3);
        Assert.Equal(80, (await strict.HeadAsync(Cancel)).Number);
    }

    [Fact]
    public async Task OutcomeOfATransaction_IsReadWithItsEvents()
    {
        _nodes.ForEach(node => node.Info = _ => Info());
        var outcome = (await _chain.OutcomeAsync(Id, Cancel))!;
        Assert.Equal((Id, ExecutionStatus.Success, 5L, 1234L), (outcome.Id, outcome.Status, outcome.Fee, outcome.Energy));
        var log = Assert.Single(outcome.Logs);
        Assert.Equal(Id, Assert.Single(log.Topics));
        Assert.Equal([9], log.Data.ToArray());
    }

    [Theory]
    [InlineData(Result.Types.contractResult.Revert, ExecutionStatus.Reverted)]
    [InlineData(Result.Types.contractResult.OutOfEnergy, ExecutionStatus.OutOfEnergy)]
    [InlineData(Result.Types.contractResult.OutOfTime, ExecutionStatus.OutOfTime)]
    [InlineData(Result.Types.contractResult.IllegalOperation, ExecutionStatus.Failed)]
    public async Task FailedTransaction_IsNoSuccess(Result.Types.contractResult result, ExecutionStatus expected)
    {
        var info = Info();
        info.Result = TransactionInfo.Types.code.Failed;
        info.Receipt.Result = result;
        _nodes.ForEach(node => node.Info = _ => info);
        Assert.Equal(expected, (await _chain.OutcomeAsync(Id, Cancel))?.Status);
    }

    [Fact]
    public async Task UnknownTransaction_IsNull()
    {
        Assert.Null(await _chain.OutcomeAsync(Id, Cancel));
        Assert.Null(await _chain.IncludedAsync(Id, Cancel));
    }

    [Theory]
    [InlineData("other id")]
    [InlineData("short id")]
    [InlineData("negative block")]
    [InlineData("time beyond all calendars")]
    [InlineData("five topics")]
    [InlineData("short topic")]
    [InlineData("long address")]
    public async Task NonsenseAboutATransaction_IsAFailure(string nonsense)
    {
        var info = Info();
        switch (nonsense)
        {
            case "other id": info.Id = ByteString.CopyFrom(new byte[32]); break;
            case "short id": info.Id = ByteString.CopyFrom(1); break;
            case "negative block": info.BlockNumber = -1; break;
            case "time beyond all calendars": info.BlockTimeStamp = long.MaxValue; break;
            case "five topics": info.Log[0].Topics.AddRange(Enumerable.Repeat(info.Log[0].Topics[0], 4)); break;
            case "short topic": info.Log[0].Topics[0] = ByteString.CopyFrom(1); break;
            case "long address": info.Log[0].Address = ByteString.CopyFrom(new byte[21]); break;
        }

        _nodes.ForEach(node => node.Info = _ => info);
        var failure = await Assert.ThrowsAsync<ChainException>(() => _chain.OutcomeAsync(Id, Cancel));
        Assert.StartsWith("A TRON node answered", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NonsenseAboutABlock_IsAFailure()
    {
        _nodes.ForEach(node => node.Head = () => new BlockExtention());
        await Assert.ThrowsAsync<ChainException>(() => _chain.HeadAsync(Cancel));
        _nodes.ForEach(node => node.Infos = _ => new TransactionInfoList { TransactionInfo = { Info() } });
        Assert.Single(await _chain.OutcomesAsync(42, Cancel));
        await Assert.ThrowsAsync<ChainException>(() => _chain.OutcomesAsync(43, Cancel));
    }

    [Fact]
    public async Task CallThatReverts_SaysSo()
    {
        var answer = ScriptedNode.Returned([2]);
        answer.Transaction = new Transaction { Ret = { new Result { Ret = Result.Types.code.Failed } } };
        _nodes.ForEach(node => node.Call = _ => answer);
        var result = await _chain.CallAsync(Call, Cancel);
        Assert.True(result.HasReverted);
        Assert.Equal([2], result.Output.ToArray());
        Assert.True((await _chain.SimulateAsync(Call, Cancel)).Result.HasReverted);
    }

    [Fact]
    public async Task Energy_IsTheMostThatIsSaid()
    {
        for (var i = 0; i < 3; i++)
        {
            var energy = 1000 + i;
            _nodes[i].Call = _ => ScriptedNode.Returned([], energy);
        }

        using var strict = Connect(_nodes, agreement: 3);
        Assert.Equal(1002, (await strict.SimulateAsync(Call, Cancel)).Energy);
        _nodes[2].Estimate = _ => new EstimateEnergyMessage { Result = new Return { Result = true }, EnergyRequired = 5000 };
        Assert.Equal(5000, (await strict.SimulateAsync(Call, Cancel)).Energy);
    }

    [Fact]
    public async Task Broadcast_ThatOneNodeTakes_IsAccepted()
    {
        _nodes[0].Broadcast = _ => new Return { Code = Code.ContractValidateError };
        _nodes[1].Delay = _ => throw new RpcException(new Status(StatusCode.Unavailable, ""));
        _nodes[2].Broadcast = _ => new Return { Code = Code.DupTransactionError };
        Assert.True((await _chain.BroadcastAsync(Transfer(), Cancel)).IsAccepted);
    }

    [Fact]
    public async Task Broadcast_ThatAllRefuse_SaysWhyInOneLine()
    {
        _nodes.ForEach(node => node.Broadcast = _ => new Return
        {
            Code = Code.BandwithError, Message = ByteString.CopyFromUtf8("not enough\n" + new string('x', 5000)),
        });
        var answer = await _chain.BroadcastAsync(Transfer(), Cancel);
        Assert.Equal(BroadcastRefusal.Bandwidth, answer.Refusal);
        Assert.Equal(200, answer.Text.Length);
        Assert.DoesNotContain('\n', answer.Text);
    }

    [Fact]
    public async Task Broadcast_OfUncertainFate_IsATransientFailure()
    {
        _nodes[0].Broadcast = _ => new Return { Code = Code.ServerBusy };
        _nodes[1].Broadcast = _nodes[2].Broadcast = _ => new Return { Code = Code.TaposError };
        Assert.True((await Assert.ThrowsAsync<ChainException>(() => _chain.BroadcastAsync(Transfer(), Cancel))).IsTransient);
    }

    [Fact]
    public async Task AccountAndPrices_AreRead()
    {
        _nodes.ForEach(node =>
        {
            node.Account = account => new Account { Address = account.Address, Balance = 7, AssetV2 = { ["1002000"] = 8 } };
            node.Parameters = () => new ChainParameters
            {
                ChainParameter = { Parameter("getEnergyFee", 100), Parameter("getTransactionFee", 1000), Parameter("getMaxFeeLimit", 15_000_000_000) },
            };
        });
        var account = await _chain.AccountAsync(TronAddress.Zero, Cancel);
        Assert.Equal((7L, 8L), (account.Sun, account.Tokens[1_002_000]));
        Assert.Equal(new TronPrices(100, 1000, 15_000_000_000), await _chain.PricesAsync(Cancel));

        static ChainParameters.Types.ChainParameter Parameter(string key, long value) => new() { Key = key, Value = value };
    }

    [Fact]
    public async Task Cancelled_IsNoFailureOfTheChain()
    {
        _nodes.ForEach(node => node.Delay = cancellation => Task.Delay(Timeout.Infinite, cancellation));
        using var stop = new CancellationTokenSource();
        var asking = _chain.HeadAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private static TronNode Connect(IEnumerable<ScriptedNode> nodes, int? agreement = null) => new(
        new TronNodeOptions { Endpoints = [.. nodes.Select(node => node.Endpoint)], Agreement = agreement }, TimeProvider.System);

    private static TransactionInfo Info() => new()
    {
        Id = ByteString.CopyFrom(Id.Span),
        BlockNumber = 42,
        BlockTimeStamp = 1_760_000_000_000,
        Fee = 5,
        Receipt = new ResourceReceipt { EnergyUsageTotal = 1234, Result = Result.Types.contractResult.Success },
        Log =
        {
            new TransactionInfo.Types.Log
            {
                Address = ByteString.CopyFrom(new byte[20]), Topics = { ByteString.CopyFrom(Id.Span) }, Data = ByteString.CopyFrom(9),
            },
        },
    };

    private static TronTransaction Transfer()
    {
        using var key = Secp256k1Key.Generate();
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        return TronTransaction.Sign(
            new TrxTransfer(key.Address, TronAddress.Zero, 1), new TransactionTerms(new BlockReference(Id), now, now.AddMinutes(1)), key);
    }
}
