using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using Xunit;
using static BttProxy.UnitTests.Ledger.LedgerSamples;

namespace BttProxy.UnitTests.Ledger;

public abstract partial class RelayLedgerSuite
{
    [Fact]
    public async Task SessionSaved_AddsToTheChannelAndKeepsThePayersWindow()
    {
        await Ledger.SaveAsync("a");
        Assert.Null(await Ledger.PayerWindowAsync(Address("payer"), Cancelled));
        await Ledger.SaveSessionAsync(Session("a", delivered: 100, paid: 40), Cancelled);
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), Session("a", delivered: 150, paid: 60, debt: 8), Cancelled);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Ledger.SaveSessionAsync(Session("a", delivered: 7, number: 2) with { Window = new ByteCount(524_288) }, Cancelled);

        var channel = await Ledger.FindChannelAsync(Id("a"), Cancelled);
        Assert.Equal((157, 60, 10), (channel!.Delivered.Value, channel.Paid.Value, channel.Forgiven.Value));
        Assert.Equal(new ByteCount(524_288), await Ledger.PayerWindowAsync(Address("payer"), Cancelled));
        Assert.Equal(2, (await Ledger.TotalsAsync(Cancelled)).OpenSessions);

        var newest = Session("a", delivered: 7, debt: 9, number: 3) with { OpenedAt = Now.AddSeconds(1), ClosedAt = Now };
        await Ledger.SaveSessionAsync(Session("a", delivered: 150, paid: 60, debt: 8) with { ClosedAt = Now }, Cancelled);
        await Ledger.SaveSessionAsync(newest, Cancelled);
        Assert.Equal(new TokenAmount(9), (await Ledger.FindChannelAsync(Id("a"), Cancelled))!.Debt);
        Assert.Equal(Session("a", 7, number: 2) with { Window = new ByteCount(524_288) }, Assert.Single(await Ledger.OpenSessionsAsync(Cancelled)));
    }

    [Fact]
    public async Task UnclaimedChannel_TellsWhenItsLastSessionEnded()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), Session("a", delivered: 100), Cancelled);
        await Ledger.SaveSessionAsync(Session("a", delivered: 100) with { ClosedAt = Now }, Cancelled);
        Assert.Equal(Now, Assert.Single(await Ledger.UnclaimedAsync(Cancelled)).EndedAt);

        await Ledger.SaveSessionAsync(Session("a", delivered: 7, number: 2), Cancelled);
        Assert.Null(Assert.Single(await Ledger.UnclaimedAsync(Cancelled)).EndedAt);

        Time.Advance(TimeSpan.FromHours(1));
        await Ledger.EndSessionsAsync(Cancelled);
        Assert.Empty(await Ledger.OpenSessionsAsync(Cancelled));
        Assert.Equal(Now.AddHours(1), Assert.Single(await Ledger.UnclaimedAsync(Cancelled)).EndedAt);
    }

    [Fact]
    public async Task SessionOfAnUnknownOrAnotherChannel_IsRefusedAlone()
    {
        await Ledger.SaveAsync("a");
        await Ledger.SaveAsync("b");
        await Ledger.SaveSessionAsync(Session("a", delivered: 100), Cancelled);
        var unknown = Ledger.SaveSessionAsync(Session("c", delivered: 1, number: 2), Cancelled);
        var good = Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        var other = Ledger.SaveSessionAsync(Session("b", delivered: 200), Cancelled);

        await Assert.ThrowsAsync<InvalidOperationException>(() => unknown);
        await Assert.ThrowsAsync<InvalidOperationException>(() => other);
        Assert.Equal(AcceptOutcome.Accepted, (await good).Outcome);
        Assert.Equal(new TokenAmount(10), Assert.Single(await Ledger.EarningsAsync(Now.AddHours(-1), Now, Cancelled)).Amount);
    }

    [Fact]
    public async Task SessionSavedLateWithEarlierBytes_TakesNothingBack()
    {
        await Ledger.SaveAsync("a");
        await Ledger.SaveSessionAsync(Session("a", delivered: 100, paid: 50) with { ClosedAt = Now }, Cancelled);
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), Session("a", delivered: 90, paid: 60), Cancelled);

        var channel = await Ledger.FindChannelAsync(Id("a"), Cancelled);
        Assert.Equal((100, 60), (channel!.Delivered.Value, channel.Paid.Value));
        Assert.Empty(await Ledger.OpenSessionsAsync(Cancelled));
    }
}
