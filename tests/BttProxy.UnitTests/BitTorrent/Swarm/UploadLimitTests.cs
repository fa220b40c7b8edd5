using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class UploadLimitTests
{
    private const int Rate = 1_000_000;
    private const int Batch = 100_000;

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void NoLimit_NeverWaits()
    {
        var limit = new UploadLimit(null, _time);
        Assert.False(limit.IsLimited);
        Assert.True(limit.WaitAsync(int.MaxValue, Cancel).IsCompleted);
    }

    [Fact]
    public void ManyConnections_GetTheRateTogetherInTheOrderOfAsking()
    {
        var limit = new UploadLimit(Rate, _time);
        var waits = Enumerable.Range(0, 100).Select(_ => limit.WaitAsync(Batch, Cancel)).ToArray();
        for (var tenth = 0; tenth < 100; tenth++)
        {
            // A fifth of a second may go out at once.
            var sent = Math.Min(100, tenth + 3);
            Assert.All(waits[..sent], wait => Assert.True(wait.IsCompletedSuccessfully));
            Assert.All(waits[sent..], wait => Assert.False(wait.IsCompleted));
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public void IdleTime_IsNotSavedUp()
    {
        var limit = new UploadLimit(Rate, _time);
        _time.Advance(TimeSpan.FromHours(1));
        var waits = Enumerable.Range(0, 10).Select(_ => limit.WaitAsync(Batch, Cancel)).ToList();
        Assert.Equal(3, waits.Count(wait => wait.IsCompleted));
    }

    [Fact]
    public async Task PeerThatLeaves_WaitsNoLonger()
    {
        var limit = new UploadLimit(1, _time);
        await limit.WaitAsync(Batch, Cancel);
        using var left = new CancellationTokenSource();
        var wait = limit.WaitAsync(Batch, left.Token);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Theory]
    [InlineData(1, 16 * 1024)]
    [InlineData(1_000_000, 100_000)]
    [InlineData(1_000_000_000, 256 * 1024)]
    public void Batches_AreATenthOfASecond(long rate, int expected) => Assert.Equal(expected, new UploadLimit(rate, _time).BatchBytes);
}
