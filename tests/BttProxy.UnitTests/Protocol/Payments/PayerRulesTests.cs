using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Payments;

public sealed class PayerRulesTests
{
    private static readonly SessionAccount Account = new(new PricePerMegabyte(1_000_000), new TokenAmount(5000), new TokenAmount(300));

    private static readonly PayerExpectation Expected = new(
        Samples.Domain, Samples.ChannelId, 3, Samples.Session.Address, Account.Price, new TokenAmount(5000), new TokenAmount(300));

    private static readonly SessionOpened Opened = new(
        Samples.SessionId, default, Account.Price, new ByteCount(1000), new ByteCount(4000), new TokenAmount(5000), new TokenAmount(300), null);

    [Theory]
    [InlineData(0, 0, 5300)]
    [InlineData(800, 800, 6100)]
    [InlineData(900, 400, 5700)]
    [InlineData(901, 400, 6201)]
    [InlineData(3000, 400, 6700)]
    public void Amount_IsBaseAndDebtAndWhatIsVerifiedOrWouldStall(long received, long verified, ulong amount) =>
        Assert.Equal(new TokenAmount(amount), PayerRules.NextAmount(State(received, verified, signed: 5000)));

    [Fact]
    public void NothingNew_NothingSigned()
    {
        Assert.Null(PayerRules.NextAmount(State(800, 800, signed: 6100)));
        Assert.Null(PayerRules.NextAmount(State(800, 800, signed: 9999)));
    }

    [Fact]
    public void PieceLargerThanTheWindow_IsPaidWhileItArrives()
    {
        var state = State(600, 0, signed: 5300) with { PieceLength = new ByteCount(4000) };
        Assert.Equal(new TokenAmount(5900), PayerRules.NextAmount(state));
        Assert.Equal(new TokenAmount(9300), PayerRules.NextAmount(state with { Received = new ByteCount(9000) }));
        Assert.Equal(new TokenAmount(9300), PayerRules.Ceiling(state with { Received = new ByteCount(9000) }));
    }

    [Fact]
    public void BadPiece_TakenOutOfReceived_IsNotPaid()
    {
        // 500 of 1000 received bytes fail their hash: the client's count falls back to what is good.
        Assert.Equal(new TokenAmount(5800), PayerRules.NextAmount(State(500, 500, signed: 5000)));
    }

    [Fact]
    public void NextAmount_NeverFallsAndNeverPassesTheCeiling() =>
        Gen.Select(
                Gen.Select(Gen.ULong[0, 1UL << 60], Gen.Long[1, 100_000], Gen.Long[1, 100_000]),
                Gen.Select(Gen.Long[0, 5000], Gen.Long[0, 5000]).Array[1, 50])
            .Sample((setup, steps) =>
            {
                var (price, window, piece) = setup;
                var account = new SessionAccount(new PricePerMegabyte(price), new TokenAmount(77), new TokenAmount(11));
                var state = new PayerState(account, new ByteCount(window), new ByteCount(piece), default, default, new TokenAmount(77));
                foreach (var (arrived, good) in steps)
                {
                    var received = state.Received + new ByteCount(arrived);
                    var verified = ByteCount.Min(received, state.Verified + new ByteCount(good));
                    state = state with { Received = received, Verified = verified };
                    if (PayerRules.NextAmount(state) is { } amount)
                    {
                        Assert.True(amount > state.Signed);
                        Assert.True(amount <= PayerRules.Ceiling(state));
                        state = state with { Signed = amount };
                    }

                    // Loss to a relay that stops or sent rubbish: at most W_client × price, rounded up.
                    var loss = state.Signed.SubtractSaturating(account.CumulativeFor(verified));
                    Assert.True(loss <= account.Price.Owed(PayerRules.ClientWindow(state.Window, state.PieceLength)));
                }
            });

    // Both sides against each other: whatever the sizes, an honest pair finishes, and the books agree to the unit.
    [Fact]
    public void HonestPair_NeverStallsAndSettlesExactly() =>
        Gen.Select(Gen.Long[1, 3000], Gen.Long[1, 5000], Gen.Long[1, 40_000], Gen.ULong[0, 5_000_000], Gen.Long[1, 900])
            .Sample((floor, piece, length, price, chunk) =>
            {
                var account = new SessionAccount(new PricePerMegabyte(price), new TokenAmount(9), new TokenAmount(4));
                var relay = CreditWindow.Start(new ByteCount(floor), new ByteCount(floor * 16), carried: new ByteCount(1));
                var (received, signed) = (0L, new TokenAmount(9));
                for (var turn = 0; received < length || signed < account.CumulativeFor(new ByteCount(length)); turn++)
                {
                    Assert.True(turn < 400_000, "The pair stalled.");
                    // A relay may give credit in portions only, as long as they are no larger than a quarter of the window.
                    var portion = Math.Clamp(relay.Size.Value / 4, 1, chunk);
                    var send = Math.Min(relay.Available.Value < portion ? 0 : portion, length - received);
                    relay = relay.Deliver(new ByteCount(send));
                    received += send;
                    var verified = received == length ? length : received / piece * piece;
                    var state = new PayerState(
                        account, relay.Size, new ByteCount(piece), new ByteCount(received), new ByteCount(verified), signed);
                    var isDue = received == length || relay.Unpaid >= PayerRules.WorthAVoucher(relay.Size, roundTrip: TimeSpan.Zero);
                    var smallest = received == length ? ByteCount.Zero : PayerRules.SmallestVoucher(relay.Size);
                    if (isDue && PayerRules.NextAmount(state) is { } amount && account.PaidBytes(amount) >= relay.Paid + smallest)
                    {
                        signed = amount;
                        relay = relay.Pay(account.PaidBytes(amount));
                    }

                    Assert.True(price == 0 || account.Price.Owed(relay.Unpaid) <= account.Price.Owed(relay.Size));
                }

                Assert.Equal(account.CumulativeFor(new ByteCount(length)), signed);
                Assert.Equal(TokenAmount.Zero, account.Debt(relay.Delivered - relay.Forgiven, signed));
            });

    [Theory]
    [InlineData(0, 500)]
    [InlineData(19, 500)]
    [InlineData(20, 250)]
    [InlineData(300, 250)]
    public void VouchersToFarRelays_LeaveEarlier(int milliseconds, long bytes) =>
        Assert.Equal(new ByteCount(bytes), PayerRules.WorthAVoucher(new ByteCount(1000), TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void RelayThatIsNotPaid_DeliversOneWindow()
    {
        var relay = CreditWindow.Start(CreditWindow.DefaultFloor, CreditWindow.DefaultCeiling);
        while (relay.Available > ByteCount.Zero)
        {
            relay = relay.Deliver(ByteCount.Min(relay.Available, new ByteCount(16_384)));
        }

        Assert.Equal(CreditWindow.DefaultFloor, relay.Delivered);
    }

    [Fact]
    public void OfferAsExpected_IsAccepted() => Assert.Equal(SessionOfferVerdict.Accepted, PayerRules.Check(Opened, Expected));

    [Fact]
    public void OtherPriceOrWindow_IsRefused()
    {
        Assert.Equal(SessionOfferVerdict.PriceChanged, PayerRules.Check(Opened with { Price = new PricePerMegabyte(1_000_001) }, Expected));
        Assert.Equal(SessionOfferVerdict.WindowOutOfRange, PayerRules.Check(Opened with { Window = ByteCount.Zero }, Expected));
        Assert.Equal(SessionOfferVerdict.WindowOutOfRange, PayerRules.Check(Opened with { WindowCeiling = new ByteCount(999) }, Expected));
    }

    [Fact]
    public void DebtBeyondTheClientsBooks_IsRefused() =>
        Assert.Equal(SessionOfferVerdict.OutstandingTooHigh, PayerRules.Check(Opened with { Outstanding = new TokenAmount(301) }, Expected));

    [Fact]
    public void LastVoucherLost_MayComeBackAsDebt()
    {
        var behind = Opened with { BaseAmount = new TokenAmount(4000), Outstanding = new TokenAmount(1300) };
        Assert.Equal(SessionOfferVerdict.Accepted, PayerRules.Check(behind, Expected));
        Assert.Equal(
            SessionOfferVerdict.OutstandingTooHigh, PayerRules.Check(behind with { Outstanding = new TokenAmount(1301) }, Expected));
    }

    [Fact]
    public void HigherBase_NeedsTheClientsOwnSignature()
    {
        var higher = Opened with { BaseAmount = new TokenAmount(6000) };
        var own = Samples.Voucher(6000, epoch: 3);
        Assert.Equal(SessionOfferVerdict.Accepted, PayerRules.Check(higher with { LastVoucher = own }, Expected));
        Assert.Equal(SessionOfferVerdict.BaseNotProven, PayerRules.Check(higher, Expected));
        Assert.Equal(SessionOfferVerdict.BaseNotProven, PayerRules.Check(higher with { LastVoucher = Samples.Voucher(5999, epoch: 3) }, Expected));
        Assert.Equal(SessionOfferVerdict.BaseNotProven, PayerRules.Check(higher with { LastVoucher = Samples.Voucher(6000, epoch: 2) }, Expected));
        var forged = own.Voucher.Sign(Samples.Domain, Samples.Authorizer);
        Assert.Equal(SessionOfferVerdict.BaseNotProven, PayerRules.Check(higher with { LastVoucher = forged }, Expected));
    }

    private static PayerState State(long received, long verified, ulong signed) =>
        new(Account, new ByteCount(1000), new ByteCount(500), new ByteCount(received), new ByteCount(verified), new TokenAmount(signed));
}
