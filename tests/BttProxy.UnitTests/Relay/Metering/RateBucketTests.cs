using BttProxy.Relay.Metering;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Metering;

public sealed class RateBucketTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void FirstQuarterOfASecond_PassesAtOnce_AndTheRestWaits()
    {
        var bucket = new RateBucket(1000, _time);

        Assert.Equal(TimeSpan.Zero, bucket.Take(250));
        Assert.Equal(TimeSpan.FromSeconds(0.5), bucket.Take(500));
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.Take(500));
    }

    [Fact]
    public void LongRun_KeepsToTheRate()
    {
        var bucket = new RateBucket(1_000_000, _time);
        var start = _time.GetTimestamp();
        for (var taken = 0; taken < 5_000_000; taken += bucket.Step)
        {
            _time.Advance(bucket.Take(bucket.Step));
        }

        Assert.InRange(_time.GetElapsedTime(start).TotalSeconds, 4.6, 5.1);
    }

    [Fact]
    public void Pause_SavesNoMoreThanTheBurst()
    {
        var bucket = new RateBucket(1000, _time);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.Zero, bucket.Take(250));
        Assert.True(bucket.Take(1) > TimeSpan.Zero);
    }
}
