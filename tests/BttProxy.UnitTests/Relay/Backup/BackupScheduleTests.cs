using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

public sealed class BackupScheduleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BackupSchedule _schedule;

    public BackupScheduleTests() => _schedule = new BackupSchedule(new TokenAmount(10), _time);

    [Fact]
    public void First_IsDue() => Assert.True(_schedule.IsDue([]));

    [Fact]
    public void NothingNew_IsDueOnceAnHour()
    {
        Succeed(Entry(1, 20));

        Assert.False(_schedule.IsDue([Unclaimed(1, 20)]));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(_schedule.IsDue([Unclaimed(1, 20)]));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_schedule.IsDue([Unclaimed(1, 20)]));
    }

    [Fact]
    public void RaisedVoucher_IsDue()
    {
        Succeed(Entry(1, 20));

        Assert.True(_schedule.HasRisen([Unclaimed(1, 21)]));
    }

    [Fact]
    public void NewChannel_IsDueAboveTheLimit()
    {
        Succeed(Entry(1, 20));

        Assert.False(_schedule.HasRisen([Unclaimed(2, 10)]));
        Assert.True(_schedule.HasRisen([Unclaimed(2, 11)]));
    }

    [Fact]
    public void Failure_IsTriedAgain()
    {
        Succeed();
        _schedule.Failed();

        Assert.True(_schedule.IsDue([]));
    }

    [Fact]
    public void WhatDidNotFit_WaitsUntilItRises()
    {
        _schedule.Succeeded(new VoucherBackup.Outcome([], [Entry(1, 20)], [], 0), refreshed: true);

        Assert.False(_schedule.IsDue([Unclaimed(1, 20)]));
        Assert.True(_schedule.IsDue([Unclaimed(1, 21)]));
    }

    private static UnclaimedVoucher Unclaimed(int channel, ulong amount)
    {
        var entry = Entry(channel, amount);
        return new UnclaimedVoucher(entry.Terms, entry.Voucher, TokenAmount.Zero);
    }

    private void Succeed(params BackupEntry[] stored) =>
        _schedule.Succeeded(new VoucherBackup.Outcome([.. stored], [], [], 0), refreshed: true);
}
