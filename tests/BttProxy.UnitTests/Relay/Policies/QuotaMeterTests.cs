using BttProxy.Relay.Policies;
using Xunit;

namespace BttProxy.UnitTests.Relay.Policies;

public sealed class QuotaMeterTests
{
    private static readonly DateTimeOffset Today = new(2026, 11, 28, 0, 0, 0, TimeSpan.Zero);

    private readonly QuotaMeter _meter = new();

    [Fact]
    public void WhatTheLedgerKnew_CountsWithWhatPassedSince()
    {
        _meter.Set(QuotaPeriod.Day, Today, 1000, 50);

        Assert.Equal(1000, _meter.Used(QuotaPeriod.Day, Today, 50));
        Assert.Equal(1025, _meter.Used(QuotaPeriod.Day, Today, 75));
    }

    [Fact]
    public void NextDay_BeginsAtZero_AndTheMonthGoesOn()
    {
        _meter.Set(QuotaPeriod.Day, Today, 1000, 0);
        _meter.Set(QuotaPeriod.Month, Today.AddDays(-27), 9000, 0);

        Assert.Equal(0, _meter.Used(QuotaPeriod.Day, Today.AddDays(1), 500));
        Assert.Equal(7, _meter.Used(QuotaPeriod.Day, Today.AddDays(1), 507));
        Assert.Equal(9507, _meter.Used(QuotaPeriod.Month, Today.AddDays(-27), 507));
    }

    [Fact]
    public void ClockThatWasSetBack_GivesNothingAnew()
    {
        _meter.Set(QuotaPeriod.Day, Today, 1000, 0);

        Assert.Equal(1000, _meter.Used(QuotaPeriod.Day, Today.AddDays(-1), 0));
    }
}
