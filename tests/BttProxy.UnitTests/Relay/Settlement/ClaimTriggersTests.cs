using System.Security.Cryptography;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Settlement;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Settlement;

public sealed class ClaimTriggersTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly HashSet<ChannelId> NoneClosed = [];

    private readonly ClaimTriggers _triggers = new(new TokenAmount(100), TimeSpan.FromHours(6));

    [Fact]
    public void SmallAndYoung_Waits() => Assert.Empty(_triggers.Choose([Channel(99)], NoneClosed, everything: false, Now));

    [Fact]
    public void Everything_TakesWhatWouldWait() => Assert.Single(_triggers.Choose([Channel(1)], NoneClosed, everything: true, Now));

    [Fact]
    public void MostUrgent_ComesFirst()
    {
        var old = Channel(1, age: TimeSpan.FromHours(6));
        var rich = Channel(100);
        var closed = Channel(2);
        var withdrawing = Channel(3, withdrawAt: 5);

        var chosen = _triggers.Choose([old, rich, closed, withdrawing, Channel(4)], new HashSet<ChannelId> { closed.Id }, everything: false, Now);

        Assert.Equal([withdrawing.Id, closed.Id, rich.Id, old.Id], chosen);
    }

    [Fact]
    public void Backoff_DoublesToItsLimit()
    {
        var backoff = new ClaimBackoff(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), new FakeTimeProvider(Now));

        Assert.Equal([5, 10, 20, 40, 60, 60], Enumerable.Range(1, 6).Select(n => (int)backoff.Delay(n).TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(1), backoff.Delay(int.MaxValue));
    }

    [Fact]
    public void RefusedChannel_RestsLongerEachTime()
    {
        var time = new FakeTimeProvider(Now);
        var backoff = new ClaimBackoff(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), time);
        var id = Channel(1).Id;

        backoff.Refused([id]);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(backoff.MayTry(id));

        backoff.Refused([id]);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(backoff.MayTry(id));
    }

    private static UnclaimedChannel Channel(ulong value, TimeSpan age = default, ulong? withdrawAt = null) => new(
        new ChannelId(new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length))), new TokenAmount(value), Now - age, withdrawAt);
}
