using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class MinimumRateTests
{
    private static readonly SwarmOptions Options = new()
    {
        Directory = "unused",
        ConnectGuard = new ConnectGuard(new ConnectGuardOptions()),
        MinPeerRate = 1024,
        MinPeerRateWindow = TimeSpan.FromSeconds(30),
    };

    private readonly MinimumRate _rate = new();

    [Fact]
    public void OneBlockInThirtySeconds_IsTooLittle()
    {
        Assert.False(_rate.IsMissed(owes: true, 0, 0, Options));
        Assert.False(_rate.IsMissed(owes: true, 16_384, 29_999, Options));
        Assert.True(_rate.IsMissed(owes: true, 16_384, 30_000, Options));
    }

    [Fact]
    public void JustEnough_IsEnoughWindowAfterWindow()
    {
        for (var second = 0; second <= 300; second++)
        {
            Assert.False(_rate.IsMissed(owes: true, second * 1024, second * 1000, Options));
        }
    }

    [Fact]
    public void WhatCameBeforeTheWindow_DoesNotCount()
    {
        Assert.False(_rate.IsMissed(owes: true, 1_000_000_000, 0, Options));
        Assert.True(_rate.IsMissed(owes: true, 1_000_000_000, 30_000, Options));
    }

    [Fact]
    public void PeerThatOwesNothing_MayBeSilent()
    {
        _rate.IsMissed(owes: true, 0, 0, Options);
        Assert.False(_rate.IsMissed(owes: false, 0, 20_000, Options));
        Assert.False(_rate.IsMissed(owes: true, 0, 40_000, Options));
        Assert.False(_rate.IsMissed(owes: true, 0, 69_999, Options));
        Assert.True(_rate.IsMissed(owes: true, 0, 70_000, Options));
    }
}
