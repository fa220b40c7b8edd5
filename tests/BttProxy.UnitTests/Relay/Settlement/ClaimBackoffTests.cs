using BttProxy.Protocol.Keys;
using BttProxy.Relay.Settlement;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Settlement;

public sealed class ClaimBackoffTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Delay_DoublesToItsLimit()
    {
        var backoff = new ClaimBackoff(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), _time);

        Assert.Equal([5, 10, 20, 40, 60, 60], Enumerable.Range(1, 6).Select(n => (int)backoff.Delay(n).TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(1), backoff.Delay(int.MaxValue));
    }

    [Fact]
    public void RefusedChannel_RestsLongerEachTime()
    {
        var backoff = new ClaimBackoff(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), _time);
        var id = new ChannelId(Bytes32.Zero);

        backoff.Refused([id]);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(backoff.MayTry(id));

        backoff.Refused([id]);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(backoff.MayTry(id));
    }
}
