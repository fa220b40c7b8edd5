using BttProxy.Tron.Node;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Tron.Node;

public sealed class RequestPaceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly RequestPace _pace;

    public RequestPaceTests() => _pace = new RequestPace(requestsPerSecond: 10, _time);

    [Fact]
    public void Requests_AreATenthOfASecondApart()
    {
        Assert.Equal([0, 100, 200], Take(3));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([0], Take(1));
    }

    [Fact]
    public void QueueLongerThanPatience_IsRefusedAndTakesNoPlace()
    {
        Take(101);
        Assert.False(_pace.TryTake(Patience, out _));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(_pace.TryTake(Patience, out _));
    }

    [Fact]
    public void NodeThatFails_IsLeftAloneLongerEachTimeUpToHalfAMinute()
    {
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            _pace.Failed();
            Assert.True(_pace.TryTake(TimeSpan.FromMinutes(1), out var wait));
            Assert.Equal(seconds, wait.TotalSeconds);
            _time.Advance(wait + TimeSpan.FromSeconds(1));
        }

        _pace.Succeeded();
        _pace.Failed();
        Assert.Equal([1000], Take(1));
    }

    private double[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        Assert.True(_pace.TryTake(Patience, out var wait));
        return wait.TotalMilliseconds;
    })];
}
