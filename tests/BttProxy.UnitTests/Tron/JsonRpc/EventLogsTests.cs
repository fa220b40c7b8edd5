using System.Net;
using System.Text.Json.Nodes;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Tron.JsonRpc;

public sealed class EventLogsTests : IDisposable
{
    private readonly ScriptedService _service = new();
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Range_IsReadInPages_WithoutGapOrOverlap()
    {
        _service.Events.UnionWith([1, 5000, 5001, 12_345]);
        var told = new List<(long, int)>();

        var logs = await _service.FindAsync(1, 12_345, _time, (block, count) => told.Add((block, count)));

        Assert.Equal(4, logs.Count);
        Assert.Equal([(1, 5000), (5001, 10_000), (10_001, 12_345)], _service.Ranges);
        Assert.Equal([(5000, 2), (10_000, 3), (12_345, 4)], told);
    }

    [Fact]
    public void AnyLimitOfTheService_AnyEvents_AllAreFoundOnce() =>
        Gen.Select(Gen.Long[0, 3000], Gen.Int[0, 2000].HashSet[0, 20], Gen.Int[0, 400]).Sample((limit, events, first) =>
        {
            using var service = new ScriptedService { MaxRange = limit };
            service.Events.UnionWith(events.Select(static block => (long)block));

            var logs = service.FindAsync(first, 2000, new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) }).GetAwaiter().GetResult();

            Assert.Equal(events.Count(block => block >= first), logs.Count);
        }, iter: 30);

    [Fact]
    public async Task TooManyResults_AreAskedForInSmallerPages()
    {
        _service.Events.UnionWith([100, 200]);
        var asked = 0;
        _service.Interrupt = () => ++asked == 3
            ? ScriptedService.Answer("""{"jsonrpc":"2.0","id":3,"error":{"code":-32005,"message":"query returned more than 10000 results"}}""")
            : null;

        Assert.Equal(2, (await _service.FindAsync(1, 300, _time)).Count);
        Assert.Equal([(1, 150), (151, 300)], _service.Ranges);
    }

    [Theory]
    [InlineData("address", "\"0xc1c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0\"")]
    [InlineData("address", "\"0xc0\"")]
    [InlineData("address", "7")]
    [InlineData("address", null)]
    [InlineData("blockNumber", "\"0x63\"")]
    [InlineData("blockNumber", "\"0xc9\"")]
    [InlineData("blockNumber", "\"0x00000096\"")]
    [InlineData("blockNumber", "150")]
    [InlineData("blockNumber", "\"0xffffffffffffffff\"")]
    [InlineData("blockNumber", null)]
    [InlineData("data", "\"0x0\"")]
    [InlineData("data", "\"zz\"")]
    [InlineData("data", null)]
    [InlineData("logIndex", "\"-1\"")]
    [InlineData("logIndex", null)]
    [InlineData("removed", "true")]
    [InlineData("removed", "\"false\"")]
    [InlineData("topics", "[]")]
    [InlineData("topics", "\"0x\"")]
    [InlineData("topics", "[\"0x70\"]")]
    [InlineData("topics", "[null,null,null,null,null]")]
    [InlineData("topics", null)]
    public async Task EventThatIsDamagedOrWasNotAskedFor_IsNonsense(string field, string? value)
    {
        _service.Events.Add(150);
        _service.Lie = logs =>
        {
            logs[0]!.AsObject().Remove(field);
            if (value is not null)
            {
                logs[0]![field] = JsonNode.Parse(value);
            }

            return logs;
        };

        await AssertNonsenseAsync(() => _service.FindAsync(100, 200, _time));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\"0x\"")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    public async Task AnswerOfAnotherShape_IsNonsense(string result)
    {
        _service.Lie = _ => JsonNode.Parse(result);
        await AssertNonsenseAsync(() => _service.FindAsync(100, 200, _time));
    }

    [Fact]
    public async Task EventsTwiceOrOutOfOrder_AreNonsense()
    {
        _service.Lie = static _ => new JsonArray(ScriptedService.Event(150), ScriptedService.Event(150));
        await AssertNonsenseAsync(() => _service.FindAsync(100, 200, _time));
        _service.Lie = static _ => new JsonArray(ScriptedService.Event(151), ScriptedService.Event(150));
        await AssertNonsenseAsync(() => _service.FindAsync(100, 200, _time));
        _service.Lie = static _ => new JsonArray(ScriptedService.Event(150), ScriptedService.Event(150, 1), ScriptedService.Event(151));
        Assert.Equal(3, (await _service.FindAsync(100, 200, _time)).Count);
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"jsonrpc":"2.0","id":99,"result":"0x0b770001"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":"1","result":"0x0b770001"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]")]
    public async Task AnswerThatIsNone_IsNonsense(string text)
    {
        _service.Interrupt = () => ScriptedService.Answer(text);
        await AssertNonsenseAsync(() => _service.FindAsync(1, 2, _time));
    }

    [Fact]
    public async Task ServiceOfAnotherChain_OrBehind_IsNotSearched()
    {
        _service.Head = 999;
        Assert.True((await FailureAsync(1, 1000)).IsTransient);
        _service.Head = 1000;
        foreach (var other in new[] { "0x0b770002", "0x", "", "0b770001", "0xzz" })
        {
            _service.Chain = other;
            Assert.Contains("another chain", (await FailureAsync(1, 1000)).Message, StringComparison.Ordinal);
        }

        // Older nodes tell the whole id of the first block.
        _service.Chain = "0x" + new string('1', 56) + "0b770001";
        Assert.Empty(await _service.FindAsync(1, 1000, _time));
        Assert.Single(_service.Ranges);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"\ud800"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":7}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"\ud800"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":7}""")]
    public async Task TextThatIsNone_IsNoChain(string text)
    {
        _service.Interrupt = () => ScriptedService.Answer(text);
        Assert.False((await FailureAsync(1, 2)).IsTransient);
    }

    [Fact]
    public async Task ServiceThatIsBusy_IsAskedAgainLater_AndGivenUpAtLast()
    {
        var refusals = 3;
        _service.Interrupt = () => refusals-- > 0 ? ScriptedService.Answer("slow down", HttpStatusCode.TooManyRequests) : null;
        Assert.Empty(await _service.FindAsync(1, 2, new PromptTime()));
        refusals = int.MaxValue;
        var failure = await Assert.ThrowsAsync<ChainException>(() => _service.FindAsync(1, 2, new PromptTime()));
        Assert.True(failure.IsTransient);
        Assert.Contains("429", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Found)]
    public async Task AddressThatIsNoService_IsToldAtOnce(HttpStatusCode status)
    {
        _service.Interrupt = () => ScriptedService.Answer("", status);
        var failure = await FailureAsync(1, 2);
        Assert.False(failure.IsTransient);
        Assert.Contains("\"jsonRpc\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MethodThatTheServiceHasNot_IsNotAskedForInSmallerPages()
    {
        var asked = 0;
        _service.Interrupt = () => ++asked == 3
            ? ScriptedService.Answer("""{"jsonrpc":"2.0","id":3,"error":{"code":-32601,"message":"method\nnot found"}}""")
            : null;
        var failure = await FailureAsync(1, 100);
        Assert.Contains("method not found", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task AnswerThatIsTooLong_IsCutOff()
    {
        _service.Events.Add(1);
        _service.Lie = static logs =>
        {
            logs[0]!["padding"] = new string('x', 5000);
            return logs;
        };
        await Assert.ThrowsAsync<ChainException>(() => _service.FindAsync(1, 1, _time, maxBytes: 4000));
    }

    [Fact]
    public async Task Anything_IsAnAnswerOrAnError()
    {
        foreach (var text in await Task.Run(() => Gen.String.Array[50].Single()))
        {
            _service.Interrupt = () => ScriptedService.Answer(text);
            await Assert.ThrowsAsync<ChainException>(() => _service.FindAsync(1, 1, _time));
        }
    }

    private static async Task AssertNonsenseAsync(Func<Task<List<ContractLog>>> search)
    {
        var failure = await Assert.ThrowsAsync<ChainException>(search);
        Assert.False(failure.IsTransient);
        Assert.Contains("nonsense", failure.Message, StringComparison.Ordinal);
    }

    private Task<ChainException> FailureAsync(long from, long to) => Assert.ThrowsAsync<ChainException>(() => _service.FindAsync(from, to, _time));

    /// <summary>A clock whose waits are over at once, but for the one for an answer.</summary>
    private sealed class PromptTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == ScriptedService.Timeout ? dueTime : TimeSpan.Zero, period);
    }
}
