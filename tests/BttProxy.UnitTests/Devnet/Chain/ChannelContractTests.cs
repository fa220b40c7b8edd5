using BttProxy.Devnet.Chain;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;
using Xunit;
using static BttProxy.UnitTests.Devnet.Chain.ContractWorld;

namespace BttProxy.UnitTests.Devnet.Chain;

public sealed class ChannelContractTests
{
    [Fact]
    public void Deposit_MovesTokensFromTheWallet()
    {
        var world = WithDeposit();
        Assert.Equal(new AccountState(Amount(500), Amount(500), 1), world.State.Account(Payer.Address));
        Assert.Equal(Amount(500), world.State.ContractBalance);
        Assert.Equal(ContractRejection.InsufficientBalance, world.Deposit(501));
        Assert.Equal(ContractRejection.AmountOutOfRange, world.Deposit(0));
    }

    [Fact]
    public void PayerTransaction_CountsOnceAndOnlyForItsPayerKindAndLedger()
    {
        var world = WithDeposit();
        var deposit = DepositTransaction.Create(Domain, Payer, 1, default, Amount(10));
        Assert.Equal(ContractRejection.BadNonce, world.Do(DepositTransaction.Create(Domain, Payer, 2, default, Amount(10))));
        Assert.Equal(ContractRejection.WrongSigner, world.Do(deposit with { Amount = Amount(11) }));
        Assert.Equal(ContractRejection.WrongSigner, world.Do(deposit with { Signature = Stranger.Sign(deposit.Digest(Domain)) }));
        Assert.Equal(ContractRejection.BadSignature, world.Do(deposit with { Signature = default }));
        Assert.Equal(ContractRejection.WrongSigner, world.Do(new WithdrawDepositTransaction(Payer.Address, Amount(10), 1, default, deposit.Signature)));
        Assert.Equal(
            ContractRejection.WrongSigner,
            world.Do(DepositTransaction.Create(new ChannelDomain(8, Domain.Contract), Payer, 1, default, Amount(10))));
        Assert.Equal(ContractRejection.None, world.Do(deposit));
        Assert.Equal(ContractRejection.BadNonce, world.Do(deposit));
    }

    [Fact]
    public void WithdrawDeposit_GivesBackOnlyWhatNoChannelHolds()
    {
        var world = WithChannel();
        Assert.Equal(ContractRejection.InsufficientDeposit, world.WithdrawDeposit(401));
        Assert.Equal(ContractRejection.None, world.WithdrawDeposit(400));
        Assert.Equal(Amount(900), world.State.Account(Payer.Address).Balance);
    }

    [Fact]
    public void Open_ReservesOutOfTheDeposit()
    {
        var world = WithChannel();
        Assert.Equal(new ChainChannel(Terms, Amount(100), TokenAmount.Zero, 0, null), world.Channel);
        Assert.Equal(Amount(400), world.State.Account(Payer.Address).Deposit);
    }

    [Fact]
    public void OpenAgain_IsATopUpToTheTotalAndNeverCountsTwice()
    {
        var world = WithChannel();
        world.Claim(Row(60));
        Assert.Equal(ContractRejection.NotAboveReserved, world.Open(100));
        Assert.Equal(ContractRejection.NotAboveReserved, world.Open(99));
        Assert.Equal(ContractRejection.None, world.Open(150));
        Assert.Equal((Amount(150), Amount(60)), (world.Channel.Reserved, world.Channel.Claimed));
        Assert.Equal(Amount(350), world.State.Account(Payer.Address).Deposit);
        Assert.Equal(ContractRejection.InsufficientDeposit, world.Open(501));
    }

    [Fact]
    public void OpenThatIsNotSound_IsRefused()
    {
        var world = WithDeposit();
        Assert.Equal(ContractRejection.InsufficientDeposit, world.Open(501));
        Assert.Equal(ContractRejection.NotAboveReserved, world.Open(0));
        Assert.Equal(ContractRejection.WrongEpoch, world.Open(1, epoch: 1));
        Assert.Equal(ContractRejection.DeadlinePassed, world.Open(1, deadline: world.Now - 1));
        Assert.Equal(ContractRejection.WrongSigner, world.Open(1, signer: Session));
        Assert.Equal(ContractRejection.InvalidTerms, world.Open(1, terms: With(token: Payee)));
        Assert.Equal(ContractRejection.InvalidTerms, world.Open(1, terms: With(payer: TronAddress.Zero)));
        Assert.Equal(ContractRejection.InvalidTerms, world.Open(1, terms: With(signer: TronAddress.Zero)));
        Assert.Equal(ContractRejection.InvalidTerms, world.Open(1, terms: With(payee: TronAddress.Zero)));
        Assert.Equal(ContractRejection.InvalidTerms, world.Open(1, terms: With(authorizer: TronAddress.Zero)));

        var open = new OpenChannel(Terms.Id(Domain), Amount(1), 0, world.Now);
        Assert.Equal(ContractRejection.BadSignature, world.Do(new OpenTransaction(Terms, open, default)));
        Assert.Equal(ContractRejection.InvalidTerms, world.Do(new OpenTransaction(MakeTerms(9), open, Payer.Sign(open.Digest(Domain)))));
    }

    [Fact]
    public void Claim_PaysTheDifferenceToThePayee()
    {
        var world = WithChannel();
        Assert.Equal([Paid(30, 30)], world.Claim(Row(30)));
        Assert.Equal([Paid(12, 42), Paid(58, 100)], world.Claim(Row(42), Row(100)));
        Assert.Equal(Amount(100), world.State.Account(Payee).Balance);
    }

    [Fact]
    public void ClaimRowThatIsWorthNothing_IsSkippedAndHarmsNoOther()
    {
        var world = WithChannel();
        world.Claim(Row(30));
        var flipped = Row(50).Voucher;
        var bytes = flipped.Signature.ToArray();
        bytes[64] ^= 7; // 27 <-> 28: another key's signature, as for the contract

        var results = world.Claim(
            Row(30),
            Row(29),
            Row(101),
            Row(50, epoch: 1),
            Row(50, signer: Stranger),
            Row(50, signer: Payer),
            Row(50, domain: new ChannelDomain(Domain.ChainId + 1, Domain.Contract)),
            Row(50, terms: MakeTerms(9)),
            new ClaimRow(Terms, Row(50, terms: MakeTerms(9)).Voucher),
            new ClaimRow(Terms, flipped with { Signature = new RecoverableSignature(bytes) }),
            new ClaimRow(Terms, flipped with { Signature = default }),
            Row(31));

        Assert.Equal(
            [
                ClaimOutcome.AlreadyClaimed, ClaimOutcome.AlreadyClaimed, ClaimOutcome.AboveReserved, ClaimOutcome.WrongEpoch,
                ClaimOutcome.WrongSigner, ClaimOutcome.WrongSigner, ClaimOutcome.WrongSigner, ClaimOutcome.UnknownChannel, ClaimOutcome.UnknownChannel,
                ClaimOutcome.WrongSigner, ClaimOutcome.BadSignature, ClaimOutcome.Claimed,
            ],
            results.Select(result => result.Outcome));
        Assert.Equal(Amount(31), world.State.Account(Payee).Balance);
    }

    [Fact]
    public void ClaimOfTooManyRows_IsRefused()
    {
        var row = Row(1);
        var transaction = new ClaimTransaction([.. Enumerable.Repeat(row, ClaimTransaction.MaxRows + 1)], default);
        Assert.Equal(ContractRejection.TooManyRows, WithChannel().Do(transaction));
    }

    [Fact]
    public void CooperativeClose_PaysBothSidesAndEndsTheEpoch()
    {
        var world = WithChannel();
        world.Claim(Row(30));
        Assert.Equal(ContractRejection.None, world.Close(final: 70));
        Assert.Equal(Amount(70), world.State.Account(Payee).Balance);
        Assert.Equal(Amount(430), world.State.Account(Payer.Address).Deposit);
        Assert.Equal(new ChainChannel(Terms, TokenAmount.Zero, TokenAmount.Zero, 1, null), world.Channel);

        Assert.Equal(ContractRejection.WrongEpoch, world.Open(100));
        Assert.Equal(ContractRejection.WrongEpoch, world.Close(final: 70));
        Assert.Equal(ClaimOutcome.WrongEpoch, Assert.Single(world.Claim(Row(100))).Outcome);
        Assert.Equal(ContractRejection.None, world.Open(100, epoch: 1));
        Assert.Equal(ClaimOutcome.WrongEpoch, Assert.Single(world.Claim(Row(100))).Outcome);
        Assert.Equal([Paid(5, 5)], world.Claim(Row(5, epoch: 1)));
    }

    [Fact]
    public void CloseWithoutBothSides_IsRefused()
    {
        var world = WithChannel();
        world.Claim(Row(30));
        Assert.Equal(ContractRejection.WrongSigner, world.Close(50, signer: Authorizer));
        Assert.Equal(ContractRejection.WrongSigner, world.Close(50, authorizer: Session));
        Assert.Equal(ContractRejection.FinalOutOfRange, world.Close(29));
        Assert.Equal(ContractRejection.FinalOutOfRange, world.Close(101));
        Assert.Equal(ContractRejection.DeadlinePassed, world.Close(50, deadline: world.Now - 1));
        Assert.Equal(ContractRejection.UnknownChannel, WithDeposit().Close(0));
        var close = new CooperativeClose(Terms.Id(Domain), 0, Amount(50), world.Now);
        Assert.Equal(ContractRejection.InvalidTerms, world.Do(new CloseTransaction(MakeTerms(9), close, default, default)));
    }

    [Fact]
    public void Withdraw_WaitsForTheDelayAndLeavesTimeToClaim()
    {
        var world = WithChannel();
        Assert.Equal(ContractRejection.NoWithdrawPending, world.FinishWithdraw());
        Assert.Equal(ContractRejection.None, world.RequestWithdraw());
        Assert.Equal(world.Now + Day, world.Channel.WithdrawAt);
        Assert.Equal(ContractRejection.WithdrawPending, world.RequestWithdraw());
        Assert.Equal(ContractRejection.WithdrawPending, world.Open(200));

        world.Now += Day - 1;
        Assert.Equal(ContractRejection.WithdrawTooEarly, world.FinishWithdraw());
        world.Claim(Row(40));
        world.Now += 1;
        Assert.Equal(ContractRejection.WrongEpoch, world.FinishWithdraw(epoch: 1));
        Assert.Equal(ContractRejection.None, world.FinishWithdraw());
        Assert.Equal(Amount(460), world.State.Account(Payer.Address).Deposit);
        Assert.Equal(1UL, world.Channel.Epoch);
        Assert.Equal(ClaimOutcome.WrongEpoch, Assert.Single(world.Claim(Row(50))).Outcome);
    }

    [Fact]
    public void WithdrawByAnybodyElse_IsRefused()
    {
        var world = WithChannel();
        Assert.Equal(ContractRejection.WrongSigner, world.RequestWithdraw(Stranger));
        Assert.Equal(ContractRejection.UnknownChannel, WithDeposit().RequestWithdraw());
        Assert.Equal(ContractRejection.UnknownChannel, WithDeposit().FinishWithdraw());
        world.Close(0);
        Assert.Equal(ContractRejection.InsufficientDeposit, world.RequestWithdraw());
    }

    [Fact]
    public void CloseDuringAWithdraw_EndsBoth()
    {
        var world = WithChannel();
        world.RequestWithdraw();
        Assert.Equal(ContractRejection.None, world.Close(10));
        world.Now += Day;
        Assert.Equal(ContractRejection.NoWithdrawPending, world.FinishWithdraw(epoch: 1));
    }

    [Fact]
    public void Faucet_StopsAtTheSupply()
    {
        var world = new ContractWorld();
        Assert.Equal(ContractRejection.None, world.Do(new FaucetTransaction(Payee, ChannelContract.MaxSupply - Amount(1), default)));
        Assert.Equal(ContractRejection.AmountOutOfRange, world.Faucet(Payee, 2));
        Assert.Equal(ContractRejection.AmountOutOfRange, world.Faucet(Payee, 0));
        Assert.Equal(ContractRejection.AmountOutOfRange, world.Do(new FaucetTransaction(Payee, TokenAmount.MaxValue, default)));
        Assert.Equal(ContractRejection.None, world.Faucet(Payee, 1));
    }

    private static ClaimRowResult Paid(ulong amount, ulong total) => new(Terms.Id(Domain), ClaimOutcome.Claimed, Amount(amount), Amount(total));

    private static ChannelTerms With(
        TronAddress? payer = null, TronAddress? signer = null, TronAddress? payee = null, TronAddress? authorizer = null, TronAddress? token = null) =>
        new(payer ?? Payer.Address, signer ?? Session.Address, payee ?? Payee, authorizer ?? Authorizer.Address, token ?? Token, Day, default);
}
