using BttProxy.Client.Fetching;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Client;

public class StallWatchTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(true, 20)]
    [InlineData(false, 6)]
    public async Task SilenceBeyondTheLimit_CancelsTheVisit(bool isFirst, int limit)
    {
        var watch = new StallWatch(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(6), _time);
        using var visit = new CancellationTokenSource();
        var running = watch.RunAsync(visit);
        using (isFirst ? watch.FirstByte() : watch.NextByte())
        {
            _time.Advance(TimeSpan.FromSeconds(limit));
            Assert.False(visit.IsCancellationRequested);
            _time.Advance(TimeSpan.FromSeconds(1));
            await running;
        }

        Assert.True(watch.HasStalled);
        Assert.True(visit.IsCancellationRequested);
    }

    [Fact]
    public async Task TimeWithoutAWait_IsNoStall()
    {
        var watch = new StallWatch(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(6), _time);
        using var visit = new CancellationTokenSource();
        var running = watch.RunAsync(visit);
        watch.NextByte().Dispose();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(watch.HasStalled);
        await visit.CancelAsync();
        await running;
        Assert.False(watch.HasStalled);
    }
}
