using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static BttProxy.UnitTests.Ledger.LedgerSamples;

namespace BttProxy.UnitTests.Ledger;

/// <summary>What every relay ledger must do, whatever database is below it.</summary>
public abstract partial class RelayLedgerSuite : IAsyncLifetime
{
    private protected FakeTimeProvider Time { get; } = new(Now);

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected RelayLedger Ledger { get; private protected set; } = null!;

    public async ValueTask InitializeAsync() => Ledger = await OpenAsync(null);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Ledger.DisposeAsync();
    }

    [Fact]
    public async Task ChannelSaved_IsFoundAgainWithEveryField()
    {
        Assert.Null(await Ledger.FindChannelAsync(Id("a"), Cancelled));
        var view = new OnChainState(ulong.MaxValue, TokenAmount.MaxValue, new TokenAmount(3), WithdrawAt: (1UL << 40) - 1);
        await Ledger.SaveChannelAsync(Id("a"), Terms("a"), view, Cancelled);

        var channel = await Ledger.FindChannelAsync(Id("a"), Cancelled);
        Assert.Equal(Terms("a"), channel!.Terms);
        Assert.Equal(view, channel.OnChain);
        Assert.Equal(Id("a"), channel.Id);
        Assert.Null(channel.Best);
        Assert.Equal(TokenAmount.Zero, channel.Accepted);
    }

    [Fact]
    public async Task HigherVoucher_BecomesTheBest()
    {
        await Ledger.SaveAsync("a");
        var first = await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        var second = await Ledger.AcceptVoucherAsync(Voucher("a", 11), null, Cancelled);

        Assert.Equal(new VoucherAcceptance(AcceptOutcome.Accepted, Voucher("a", 10)), first);
        Assert.Equal(new VoucherAcceptance(AcceptOutcome.Accepted, Voucher("a", 11)), second);
        Assert.Equal(Voucher("a", 11), (await Ledger.FindChannelAsync(Id("a"), Cancelled))!.Best);
    }

    [Theory]
    [InlineData("a", 10, 0, "", AcceptOutcome.Repeated)]
    [InlineData("a", 10, 0, "another signature", AcceptOutcome.NotHigher)]
    [InlineData("a", 9, 0, "", AcceptOutcome.NotHigher)]
    [InlineData("a", 11, 1, "", AcceptOutcome.WrongEpoch)]
    [InlineData("a", 1001, 0, "", AcceptOutcome.AboveReserved)]
    [InlineData("b", 11, 0, "", AcceptOutcome.UnknownChannel)]
    public async Task VoucherThatMustNotCount_ChangesNothing(string channel, ulong amount, ulong epoch, string signature, AcceptOutcome expected)
    {
        await Ledger.SaveAsync("a", reserved: 1000);
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        var acceptance = await Ledger.AcceptVoucherAsync(Voucher(channel, amount, epoch, signature), Session("a", 999), Cancelled);

        Assert.Equal(expected, acceptance.Outcome);
        Assert.Equal(channel == "a" ? Voucher("a", 10) : null, acceptance.Best);
        var stored = await Ledger.FindChannelAsync(Id("a"), Cancelled);
        Assert.Equal(Voucher("a", 10), stored!.Best);
        Assert.Equal(ByteCount.Zero, stored.Delivered);
    }

    [Fact]
    public async Task SameVoucher64Times_IsCreditedOnce()
    {
        await Ledger.SaveAsync("a");
        var accepts = Enumerable.Range(0, 64).Select(_ => Task.Run(() => Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled), Cancelled));
        var outcomes = (await Task.WhenAll(accepts)).Select(acceptance => acceptance.Outcome).ToList();

        Assert.Equal(1, outcomes.Count(outcome => outcome == AcceptOutcome.Accepted));
        Assert.Equal(63, outcomes.Count(outcome => outcome == AcceptOutcome.Repeated));
        var hour = Assert.Single(await Ledger.EarningsAsync(Now.AddHours(-1), Now.AddHours(1), Cancelled));
        Assert.Equal(new HourlyEarning(Now.AddMinutes(-30), new TokenAmount(10), 1, ByteCount.Zero, TokenAmount.Zero, 0), hour);
    }

    [Fact]
    public async Task ManyChannelsAtOnce_EachKeepsItsHighest()
    {
        const int Channels = 50;
        const int Vouchers = 20;
        for (var i = 0; i < Channels; i++)
        {
            await Ledger.SaveAsync($"channel {i}");
        }

        var accepts = from amount in Enumerable.Range(1, Vouchers)
                      from channel in Enumerable.Range(0, Channels)
                      select Ledger.AcceptVoucherAsync(Voucher($"channel {channel}", (ulong)amount), null, Cancelled);
        Assert.All(await Task.WhenAll(accepts), acceptance => Assert.Equal(AcceptOutcome.Accepted, acceptance.Outcome));

        var totals = await Ledger.TotalsAsync(Cancelled);
        Assert.Equal(new TokenAmount(Channels * Vouchers), totals.Accepted);
        Assert.Equal(new TokenAmount(Channels * Vouchers), totals.Unclaimed);
        Assert.Equal(Channels, totals.Channels);
    }

    [Fact]
    public async Task EpochRises_VoidsVouchersAndKeepsTheBooks()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        await Ledger.QueueClaimsAsync([Id("a")], Cancelled);
        await Ledger.SaveAsync("a", claimed: 4);
        var rolled = await Ledger.SaveAsync("a", reserved: 50, epoch: 3);

        Assert.Null(rolled.Best);
        Assert.Equal(new OnChainState(3, new TokenAmount(50), TokenAmount.Zero), rolled.OnChain);
        Assert.Equal(new TokenAmount(4), rolled.SettledBefore);
        Assert.Equal(new TokenAmount(6), rolled.Lost);
        Assert.Single(await Ledger.ClaimsAsync(ClaimState.Overtaken, 10, Cancelled));
        Assert.Equal(AcceptOutcome.WrongEpoch, (await Ledger.AcceptVoucherAsync(Voucher("a", 11), null, Cancelled)).Outcome);
        Assert.Equal(AcceptOutcome.Accepted, (await Ledger.AcceptVoucherAsync(Voucher("a", 5, epoch: 3), null, Cancelled)).Outcome);

        var totals = await Ledger.TotalsAsync(Cancelled);
        Assert.Equal(new TokenAmount(15), totals.Accepted);
        Assert.Equal(totals.Accepted, totals.Claimed + totals.Unclaimed + totals.Lost);
    }

    [Fact]
    public async Task CooperativeClose_SettlesTheFinalAmount()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);

        var closing = Closing("a", epoch: 0, final: 10);
        await Ledger.BeginClosingAsync(closing, Cancelled);
        Assert.Equal(closing.TransactionId, Assert.Single(await Ledger.ClosingsAsync(Cancelled)).TransactionId);
        Assert.True(await Ledger.EndClosingAsync(closing, isDone: true, Cancelled));
        Assert.False(await Ledger.EndClosingAsync(closing, isDone: true, Cancelled));
        Assert.Null(await Ledger.FindClosingAsync(Id("a"), Cancelled));

        var channel = await Ledger.FindChannelAsync(Id("a"), Cancelled);
        Assert.Equal((1UL, new TokenAmount(10), TokenAmount.Zero), (channel!.OnChain.Epoch, channel.SettledBefore, channel.Lost));
    }

    [Fact]
    public async Task ChannelBeingClosed_IsNotClaimedUnlessTheCloseComesToNothing()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        var closing = Closing("a", epoch: 0, final: 10);
        await Ledger.BeginClosingAsync(closing, Cancelled);
        Assert.Empty(await Ledger.UnclaimedAsync(Cancelled));

        Assert.False(await Ledger.EndClosingAsync(closing, isDone: false, Cancelled));
        Assert.Equal(Id("a"), Assert.Single(await Ledger.UnclaimedAsync(Cancelled)).Id);
    }

    [Fact]
    public async Task OwnCloseThatIsSeenOnTheChainFirst_LosesNothing()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        var closing = Closing("a", epoch: 0, final: 10);
        await Ledger.BeginClosingAsync(closing, Cancelled);

        var seen = await Ledger.SaveAsync("a", reserved: 0, epoch: 1);
        Assert.Equal((new TokenAmount(10), TokenAmount.Zero), (seen.SettledBefore, seen.Lost));
        Assert.False(await Ledger.EndClosingAsync(closing, isDone: true, Cancelled));
        Assert.Empty(await Ledger.ClosingsAsync(Cancelled));
    }

    private static ChannelClosing Closing(string name, ulong epoch, ulong final) => new(
        Id(name), epoch, new TokenAmount(final), new Bytes32([.. Enumerable.Repeat((byte)7, 32)]), new byte[] { 1, 2, 3 }, DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task ViewFromThePast_IsIgnored()
    {
        await Ledger.SaveAsync("a", reserved: 9, epoch: 2, claimed: 5);
        Assert.Equal(2UL, (await Ledger.SaveAsync("a", epoch: 1)).OnChain.Epoch);
        Assert.Equal(new TokenAmount(5), (await Ledger.SaveAsync("a", reserved: 9, epoch: 2, claimed: 4)).OnChain.Claimed);
    }

    [Fact]
    public async Task UnclaimedByPayer_SumsChannelsAndLeavesOutTheClaimed()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            await Ledger.SaveAsync(name);
        }

        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        await Ledger.AcceptVoucherAsync(Voucher("b", 7), null, Cancelled);
        await Ledger.SaveAsync("b", claimed: 3);
        Assert.Equal(new TokenAmount(14), Assert.Single(await Ledger.UnclaimedByPayerAsync(Cancelled), entry => entry.Key == Address("payer")).Value);
        Assert.Equal(await Ledger.UnclaimedOfAsync(Address("payer"), Cancelled), (await Ledger.UnclaimedByPayerAsync(Cancelled))[Address("payer")]);
    }

    [Fact]
    public async Task ForgivenBytes_FallWithALaterPaymentAndNotWithALateSave()
    {
        var aborted = Session("a", delivered: 100, paid: 50) with { Forgiven = new ByteCount(30) };
        var arrived = aborted with { Paid = new ByteCount(80), Forgiven = new ByteCount(20) };
        await Ledger.SaveAsync("a");

        await Ledger.SaveSessionAsync(aborted, Cancelled);
        await Ledger.SaveSessionAsync(aborted with { Forgiven = new ByteCount(10) }, Cancelled);
        Assert.Equal(30, (await Ledger.FindChannelAsync(Id("a"), Cancelled))!.Forgiven.Value);

        await Ledger.SaveSessionAsync(arrived, Cancelled);
        await Ledger.SaveSessionAsync(aborted, Cancelled);
        Assert.Equal(20, (await Ledger.FindChannelAsync(Id("a"), Cancelled))!.Forgiven.Value);
    }

    [Fact]
    public async Task Claim_PassesThroughTheOutbox()
    {
        await Ledger.SaveAsync("a");
        await Ledger.SaveAsync("b");
        await Ledger.SaveAsync("c");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        await Ledger.AcceptVoucherAsync(Voucher("b", 30), null, Cancelled);
        var unclaimed = await Ledger.UnclaimedAsync(Cancelled);
        Assert.Equal([Id("b"), Id("a")], unclaimed.Select(channel => channel.Id));

        var claims = await Ledger.QueueClaimsAsync([Id("a"), Id("b"), Id("c"), Id("a")], Cancelled);
        Assert.Equal([Voucher("a", 10), Voucher("b", 30)], claims.Select(claim => claim.Voucher));
        Assert.Equal(Terms("a"), claims[0].Terms);
        Assert.Empty(await Ledger.UnclaimedAsync(Cancelled));
        await Ledger.AcceptVoucherAsync(Voucher("a", 12), null, Cancelled);
        Assert.Empty(await Ledger.UnclaimedAsync(Cancelled));

        var transaction = Transaction("tx");
        var best = await Ledger.ClaimsAsync(ClaimState.Queued, 10, Cancelled);
        Assert.Equal([Voucher("a", 12), Voucher("b", 30)], best.Select(claim => claim.Voucher));
        Assert.True(await Ledger.StoreTransactionAsync(transaction, best, Cancelled));
        Assert.False(await Ledger.StoreTransactionAsync(Transaction("other"), best, Cancelled));
        var sent = await Ledger.ClaimsOfAsync(transaction.Id, Cancelled);
        Assert.Equal([(ClaimState.Broadcast, Voucher("a", 12)), (ClaimState.Broadcast, Voucher("b", 30))], sent.Select(claim => (claim.State, claim.Voucher)));
        await Ledger.AcceptVoucherAsync(Voucher("a", 14), null, Cancelled);
        Assert.Equal(Voucher("a", 12), (await Ledger.ClaimsOfAsync(transaction.Id, Cancelled))[0].Voucher);

        var end = new ClaimTransactionEnd(ClaimTransactionState.Solidified, 7, 40_000, 4_000_000);
        ClaimVerdict[] verdicts = [ClaimVerdict.Settled(claims[0].Id, new TokenAmount(12)), ClaimVerdict.Failed(claims[1].Id, "not enough")];
        Assert.True(await Ledger.FinishTransactionAsync(transaction.Id, end, verdicts, Cancelled));
        Assert.False(await Ledger.FinishTransactionAsync(transaction.Id, ClaimTransactionEnd.Expired, [ClaimVerdict.Again(claims[0].Id, "")], Cancelled));

        Assert.Equal("not enough", Assert.Single(await Ledger.ClaimsAsync(ClaimState.Failed, 10, Cancelled)).Note);
        var left = await Ledger.UnclaimedAsync(Cancelled);
        Assert.Equal([(Id("b"), new TokenAmount(30)), (Id("a"), new TokenAmount(2))], left.Select(channel => (channel.Id, channel.Value)));
        Assert.Equal(new TokenAmount(32), await Ledger.UnclaimedOfAsync(Address("payer"), Cancelled));
        var totals = await Ledger.TotalsAsync(Cancelled);
        Assert.Equal((new TokenAmount(12), 4_000_000), (totals.Claimed, totals.Fees));
    }

    [Fact]
    public async Task TransactionOfClaims_IsFollowedToItsEnd()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        var transaction = Transaction("tx");
        await Ledger.StoreTransactionAsync(transaction, await Ledger.QueueClaimsAsync([Id("a")], Cancelled), Cancelled);
        var stored = Assert.Single(await Ledger.UnfinishedTransactionsAsync(Cancelled));
        Assert.Equal((ClaimTransactionState.Simulated, null), (stored.State, stored.SentAt));
        Assert.Equal(transaction.Payload.ToArray(), stored.Payload.ToArray());

        await Ledger.TransactionSentAsync(transaction.Id, Cancelled);
        Assert.Equal(ClaimTransactionState.Broadcast, Assert.Single(await Ledger.UnfinishedTransactionsAsync(Cancelled)).State);
        await Ledger.TransactionSeenAsync(transaction.Id, 5, Cancelled);
        Assert.Equal(ClaimTransactionState.Included, Assert.Single(await Ledger.UnfinishedTransactionsAsync(Cancelled)).State);
        await Ledger.TransactionSeenAsync(transaction.Id, null, Cancelled);
        Assert.Equal(ClaimTransactionState.Broadcast, Assert.Single(await Ledger.UnfinishedTransactionsAsync(Cancelled)).State);

        var claim = Assert.Single(await Ledger.ClaimsOfAsync(transaction.Id, Cancelled));
        await Ledger.FinishTransactionAsync(transaction.Id, ClaimTransactionEnd.Expired, [ClaimVerdict.Again(claim.Id, "in no block")], Cancelled);
        Assert.Empty(await Ledger.UnfinishedTransactionsAsync(Cancelled));
        Assert.Equal(ClaimState.Queued, Assert.Single(await Ledger.ClaimsAsync(ClaimState.Queued, 10, Cancelled)).State);
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(4, 10, 0)]
    [InlineData(10, 10, 0)]
    [InlineData(0, 7, 3)]
    public async Task EpochEndsBeforeTheClaimsOutcomeIsKnown_NothingPaidCountsAsLost(int knownClaimed, int paidTotal, int lost)
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        var transaction = Transaction("tx");
        var claims = await Ledger.QueueClaimsAsync([Id("a")], Cancelled);
        await Ledger.StoreTransactionAsync(transaction, claims, Cancelled);
        await Ledger.SaveAsync("a", claimed: (ulong)knownClaimed);
        await Ledger.SaveAsync("a", epoch: 1);

        var end = new ClaimTransactionEnd(ClaimTransactionState.Solidified, 7, 40_000, 4_000_000);
        await Ledger.FinishTransactionAsync(transaction.Id, end, [ClaimVerdict.Settled(claims[0].Id, new TokenAmount((ulong)paidTotal))], Cancelled);

        var channel = await Ledger.FindChannelAsync(Id("a"), Cancelled);
        Assert.Equal((new TokenAmount((ulong)paidTotal), new TokenAmount((ulong)lost)), (channel!.SettledBefore, channel.Lost));
        Assert.Equal(ClaimState.Settled, Assert.Single(await Ledger.ClaimsOfAsync(transaction.Id, Cancelled)).State);
    }

    [Fact]
    public async Task Earnings_AreSummedByHour()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), null, Cancelled);
        await Ledger.AcceptVoucherAsync(Voucher("a", 25), null, Cancelled);
        Time.Advance(TimeSpan.FromHours(2));
        await Ledger.AcceptVoucherAsync(Voucher("a", 26), null, Cancelled);

        var earnings = await Ledger.EarningsAsync(Now.AddHours(-1), Now.AddHours(2), Cancelled);
        Assert.Equal([(new TokenAmount(25), 2L), (new TokenAmount(1), 1L)], earnings.Select(hour => (hour.Amount, hour.Vouchers)));
    }

    [Fact]
    public async Task Reopened_EverythingIsThere()
    {
        await Ledger.SaveAsync("a");
        await Ledger.AcceptVoucherAsync(Voucher("a", 10), Session("a", 5), Cancelled);
        var before = await Ledger.TotalsAsync(Cancelled);
        await Ledger.DisposeAsync();
        Ledger = await OpenAsync(null);

        Assert.Equal(before, await Ledger.TotalsAsync(Cancelled));
        Assert.Equal(AcceptOutcome.NotHigher, (await Ledger.AcceptVoucherAsync(Voucher("a", 9), null, Cancelled)).Outcome);
        Assert.Equal(Voucher("a", 10), (await Ledger.FindChannelAsync(Id("a"), Cancelled))!.Best);
    }

    [Fact]
    public async Task Cancelled_BeforeItIsTakenUp_IsNotStored()
    {
        await Ledger.SaveAsync("a");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Ledger.AcceptVoucherAsync(Voucher("a", 10), null, new CancellationToken(canceled: true)));
        Assert.Null((await Ledger.FindChannelAsync(Id("a"), Cancelled))!.Best);
    }

    [Fact]
    public async Task Disposed_RefusesWork()
    {
        await Ledger.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Ledger.SaveAsync("a"));
        Ledger = await OpenAsync(null);
    }

    protected abstract Task<RelayLedger> OpenAsync(LedgerOptions? options);

    private static ClaimTransaction Transaction(string name) => new()
    {
        Id = new Bytes32(Id(name).Value.Span),
        Payload = new byte[] { 1, 2, 3 },
        FeeLimit = 5_000_000,
        ExpiresAt = DateTimeOffset.UnixEpoch,
    };
}
