using BttProxy.Relay.Gateway;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Gateway;

public sealed class ReplaySetTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(20);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void SecondUse_IsRefusedWhileTheTokenCanBeValid()
    {
        var set = new ReplaySet<UInt128>(Period * 3, _time);
        var nonce = (UInt128)17;

        Assert.True(set.TryAdd(nonce));
        for (var elapsed = TimeSpan.Zero; elapsed < Period * 3; elapsed += Period / 2)
        {
            Assert.False(set.TryAdd(nonce));
            _time.Advance(Period / 2);
        }
    }

    [Fact]
    public void OldNonces_AreForgotten()
    {
        var set = new ReplaySet<UInt128>(Period * 3, _time);
        var nonce = (UInt128)17;
        set.TryAdd(nonce);

        _time.Advance(Period * 4);

        Assert.True(set.TryAdd(nonce));
    }

    [Fact]
    public void LongPause_ForgetsEverythingOnce()
    {
        var set = new ReplaySet<UInt128>(Period * 3, _time);
        var nonce = (UInt128)17;
        set.TryAdd(nonce);

        _time.Advance(TimeSpan.FromDays(30));

        Assert.True(set.TryAdd(nonce));
        Assert.False(set.TryAdd(nonce));
    }

    [Fact]
    public void FullSet_KeepsItsBoundAndLocksNobodyOut()
    {
        var set = new ReplaySet<UInt128>(Period * 3, _time, capacityPerGeneration: 1);
        Assert.True(set.TryAdd(UInt128.Zero));
        var beyond = (UInt128)17;

        Assert.True(set.TryAdd(beyond));
        Assert.True(set.TryAdd(beyond));
        Assert.False(set.TryAdd(UInt128.Zero));
    }
}
