using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using Xunit;
using static BttProxy.UnitTests.Ledger.LedgerSamples;

namespace BttProxy.UnitTests.Ledger;

public abstract partial class RelayLedgerSuite
{
    [Fact]
    public async Task ChannelSummaries_HoldEveryChannelWithItsNewestClaim()
    {
        await Ledger.SaveAsync("a");
        await Ledger.SaveAsync("b");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), Session("a", 100, debt: 3), Cancelled);
        var claim = Assert.Single(await Ledger.QueueClaimsAsync([Id("a")], Cancelled));
        await Ledger.AcceptVoucherAsync(Voucher("a", 12), null, Cancelled);

        var channels = (await Ledger.ChannelSummariesAsync(Cancelled)).ToDictionary(static channel => channel.Id);

        var (a, b) = (channels[Id("a")], channels[Id("b")]);
        Assert.Equal((new TokenAmount(12), new TokenAmount(12), new TokenAmount(3), Now), (a.Accepted, a.Unclaimed, a.Debt, a.AcceptedAt));
        // It waits, so that it will be sent with the best voucher.
        Assert.Equal((claim.Id, ClaimState.Queued, new TokenAmount(12), new TokenAmount(12)), (a.Claim!.Id, a.Claim.State, a.Claim.Amount, a.UnderWay));
        Assert.Equal((TokenAmount.Zero, null, null), (b.Accepted, b.AcceptedAt, b.Claim));
    }

    [Fact]
    public async Task ClaimUnderWay_ShowsItsTransactionAndWhatIsLeft()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        var claims = await Ledger.QueueClaimsAsync([Id("a")], Cancelled);
        var transaction = Transaction("tx");
        await Ledger.StoreTransactionAsync(transaction, claims, Cancelled);
        await Ledger.AcceptVoucherAsync(Voucher("a", 14), null, Cancelled);

        var channel = Assert.Single(await Ledger.ChannelSummariesAsync(Cancelled));
        Assert.Equal((new TokenAmount(14), new TokenAmount(10)), (channel.Unclaimed, channel.UnderWay));
        Assert.Equal((transaction.Id, ClaimTransactionState.Simulated, null), (channel.Claim!.TransactionId, channel.Claim.Transaction, channel.Claim.Fee));

        var end = new ClaimTransactionEnd(ClaimTransactionState.Solidified, 7, 40_000, 4_000_000);
        await Ledger.FinishTransactionAsync(transaction.Id, end, [ClaimVerdict.Settled(claims[0].Id, new TokenAmount(10))], Cancelled);
        var ended = Assert.Single(await Ledger.ClaimSummariesAsync([claims[0].Id, 999], Cancelled));
        Assert.Equal((ClaimState.Settled, ClaimTransactionState.Solidified, 4_000_000L), (ended.State, ended.Transaction, ended.Fee));
        channel = Assert.Single(await Ledger.ChannelSummariesAsync(Cancelled));
        Assert.Equal((new TokenAmount(4), TokenAmount.Zero), (channel.Unclaimed, channel.UnderWay));
    }

    [Fact]
    public async Task ClosingByTheOperator_LastsForTheEpochAndKeepsTheVoucher()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);

        Assert.True(await Ledger.BeginClosingAsync(Id("a"), Cancelled));
        Assert.False(await Ledger.BeginClosingAsync(Id("b"), Cancelled));

        await Ledger.SaveAsync("a", claimed: 3);
        var closing = await Ledger.FindChannelAsync(Id("a"), Cancelled);
        Assert.True(closing!.IsClosing);
        Assert.Equal((Voucher("a", 10), new TokenAmount(7)), (closing.Best, closing.Unclaimed));
        Assert.True(Assert.Single(await Ledger.ChannelSummariesAsync(Cancelled)).IsClosing);
        await Ledger.SaveAsync("a", epoch: 1);
        Assert.False((await Ledger.FindChannelAsync(Id("a"), Cancelled))!.IsClosing);
        Assert.False(Assert.Single(await Ledger.ChannelSummariesAsync(Cancelled)).IsClosing);
    }

    [Fact]
    public async Task WhatAnHourBrought_IsCountedOnce()
    {
        await Ledger.SaveAsync("a", reserved: 1000);
        await Ledger.SaveSessionAsync(Session("a", 100), Cancelled);
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), Session("a", 250), Cancelled);
        await Ledger.SaveSessionAsync(Session("a", 250), Cancelled);
        await Ledger.SaveAsync("a", reserved: 1000, claimed: 4);
        await Ledger.SaveAsync("a", reserved: 1000, claimed: 4);
        await Ledger.SaveAsync("a", reserved: 1000, epoch: 1, claimed: 1);

        var hour = Assert.Single(await Ledger.EarningsAsync(Now.AddHours(-1), Now.AddHours(1), Cancelled));
        Assert.Equal((new TokenAmount(10), new ByteCount(250)), (hour.Amount, hour.Delivered));
        Assert.Equal((new TokenAmount(5), (await Ledger.TotalsAsync(Cancelled)).Claimed), (hour.Claimed, hour.Claimed));
    }
}
