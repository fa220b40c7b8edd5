using BttProxy.Protocol.Channels;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using Xunit;
using static BttProxy.UnitTests.Tron.Contracts.World.ChannelsWorld;

namespace BttProxy.UnitTests.Tron.Contracts;

public abstract partial class BttChannelsTests
{
    [Fact]
    public async Task CooperativeClose_PaysTheFinalAmountAndReturnsTheRestAtOnce()
    {
        var world = await WithChannelAsync(await EvmAsync());
        await world.ClaimAsync(world.Row(30));
        var outcome = await world.CloseAsync(45);
        Assert.Equal(
            [new ChannelClosedEvent(world.Terms.Id(world.Domain), 0, Amount(45), Amount(15), Amount(55))], world.EventsOf(outcome));
        Assert.Equal((UInt128)45, await world.BalanceAsync(Payee));
        Assert.Equal((UInt128)455, await world.DepositedAsync(Payer.Address));
        Assert.Equal(new ChainChannel(null, Amount(0), Amount(0), 1, null), await world.ChannelAsync());
    }

    [Fact]
    public async Task CooperativeCloseOfNothingOrEverything_IsSound()
    {
        var world = await WithChannelAsync(await EvmAsync());
        Assert.True((await world.CloseAsync(0)).Success);
        Assert.Equal((UInt128)500, await world.DepositedAsync(Payer.Address));
        await world.OpenAsync(100, epoch: 1);
        await world.ClaimAsync(world.Row(100, epoch: 1));
        Assert.True((await world.CloseAsync(100, epoch: 1)).Success);
        Assert.Equal((UInt128)100, await world.BalanceAsync(Payee));
        Assert.Equal((UInt128)400, await world.DepositedAsync(Payer.Address));
    }

    [Fact] // [30: close without authority]
    public async Task CloseWithoutBothSignatures_IsRefused()
    {
        var world = await WithChannelAsync(await EvmAsync());
        Assert.Equal(ContractRejection.WrongSigner, (await world.CloseAsync(10, signer: Stranger)).Rejection);
        Assert.Equal(ContractRejection.WrongSigner, (await world.CloseAsync(10, signer: Payer)).Rejection);
        Assert.Equal(ContractRejection.WrongSigner, (await world.CloseAsync(10, authorizer: Stranger)).Rejection);
        Assert.Equal(ContractRejection.WrongSigner, (await world.CloseAsync(10, authorizer: Session)).Rejection);
        Assert.Equal(ContractRejection.WrongSigner, (await world.CloseAsync(10, domain: new ChannelDomain(1, world.Contract))).Rejection);
        var close = new CooperativeClose(world.Terms.Id(world.Domain), 0, Amount(10), Far);
        var signed = Session.Sign(close.Digest(world.Domain));
        Assert.Equal(
            ContractRejection.BadSignature,
            (await world.SendAsync(Payer.Address, BttChannelsCalls.CloseCooperatively(world.Terms, close, signed, default))).Rejection);
    }

    [Fact]
    public async Task CloseThatIsOutOfRangeOrLate_IsRefused()
    {
        var world = await WithChannelAsync(await EvmAsync());
        await world.ClaimAsync(world.Row(30));
        Assert.Equal(ContractRejection.FinalOutOfRange, (await world.CloseAsync(29)).Rejection);
        Assert.Equal(ContractRejection.FinalOutOfRange, (await world.CloseAsync(101)).Rejection);
        Assert.Equal(ContractRejection.WrongEpoch, (await world.CloseAsync(50, epoch: 1)).Rejection);
        Assert.Equal(ContractRejection.UnknownChannel, (await world.CloseAsync(50, terms: world.MakeTerms(9))).Rejection);
        var deadline = await world.Evm.TimeAsync() + 50;
        await world.Evm.SetNextTimeAsync(deadline + 1);
        Assert.Equal(ContractRejection.DeadlinePassed, (await world.CloseAsync(50, deadline: deadline)).Rejection);
    }

    [Fact] // [43: an old voucher after close and top-up]
    public async Task OldEpochsVouchersAndAuthorisations_DieWithTheClose()
    {
        var world = await WithChannelAsync(await EvmAsync());
        var (voucher, open, close) = (world.Row(80), world.OpenCall(150), world.CloseCall(30));
        Assert.True((await world.SendAsync(Stranger.Address, close)).Success);
        Assert.Equal(ClaimOutcome.WrongEpoch, Assert.Single(await world.ClaimAsync(voucher)).Outcome);
        Assert.Equal(ContractRejection.WrongEpoch, (await world.SendAsync(Stranger.Address, close)).Rejection);
        Assert.Equal(ContractRejection.WrongEpoch, (await world.SendAsync(Stranger.Address, open)).Rejection);
        Assert.Equal(ClaimOutcome.AboveReserved, Assert.Single(await world.ClaimAsync(world.Row(1, epoch: 1))).Outcome);

        Assert.True((await world.OpenAsync(100, epoch: 1)).Success);
        Assert.Equal(ClaimOutcome.WrongEpoch, Assert.Single(await world.ClaimAsync(voucher)).Outcome);
        Assert.Equal([Paid(world, 25, 25)], await world.ClaimAsync(world.Row(25, epoch: 1)));
        Assert.Equal((UInt128)55, await world.BalanceAsync(Payee));
    }

    [Fact] // [9: withdraw race, the relay first]
    public async Task ClaimWhileThePayerWithdraws_PaysUntilTheWithdrawIsFinished()
    {
        var world = await WithChannelAsync(await EvmAsync());
        await world.RequestWithdrawAsync();
        Assert.Equal([Paid(world, 30, 30)], await world.ClaimAsync(world.Row(30)));
        await world.Evm.SetNextTimeAsync(await world.Evm.TimeAsync() + Delay + 10);
        Assert.Equal([Paid(world, 40, 70)], await world.ClaimAsync(world.Row(70)));
        Assert.True((await world.FinishWithdrawAsync()).Success);
        Assert.Equal((UInt128)430, await world.DepositedAsync(Payer.Address));
    }

    [Fact] // [9: withdraw race, the payer first; claim after close]
    public async Task ClaimAfterTheWithdrawIsFinished_PaysNothing()
    {
        var world = await WithChannelAsync(await EvmAsync());
        await world.ClaimAsync(world.Row(30));
        await world.RequestWithdrawAsync();
        await world.Evm.SetNextTimeAsync(await world.Evm.TimeAsync() + Delay + 10);
        var outcome = await world.FinishWithdrawAsync();
        Assert.Equal(
            [new ChannelClosedEvent(world.Terms.Id(world.Domain), 0, Amount(30), Amount(0), Amount(70))], world.EventsOf(outcome));
        Assert.Equal(ClaimOutcome.WrongEpoch, Assert.Single(await world.ClaimAsync(world.Row(70))).Outcome);
        Assert.Equal((UInt128)30, await world.BalanceAsync(Payee));
        Assert.Equal((UInt128)470, await world.DepositedAsync(Payer.Address));
    }

    [Theory] // [9: both orders at each second around the end of the delay]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClaimAndFinishAroundTheDelaysEnd_PayWhoeverIsFirstInTime(bool claimsFirst)
    {
        var evm = await EvmAsync();
        for (var offset = -2; offset <= 2; offset++)
        {
            var world = await WithChannelAsync(evm);
            await world.RequestWithdrawAsync();
            var first = (ulong)((long)(await world.ChannelAsync())!.WithdrawAt!.Value + offset);
            await world.Evm.SetNextTimeAsync(first);
            var (claimed, finished) = (ClaimOutcome.UnknownChannel, false);
            if (claimsFirst)
            {
                claimed = Assert.Single(await world.ClaimAsync(world.Row(70))).Outcome;
                await world.Evm.SetNextTimeAsync(first + 1);
                finished = (await world.FinishWithdrawAsync()).Success;
            }
            else
            {
                finished = (await world.FinishWithdrawAsync()).Success;
                await world.Evm.SetNextTimeAsync(first + 1);
                claimed = Assert.Single(await world.ClaimAsync(world.Row(70))).Outcome;
            }

            // The relay has all the delay, to its last second; the payer nothing before that.
            Assert.Equal(claimsFirst ? offset >= -1 : offset >= 0, finished);
            Assert.Equal(claimsFirst || offset < 0 ? ClaimOutcome.Claimed : ClaimOutcome.WrongEpoch, claimed);
            Assert.Equal(claimed == ClaimOutcome.Claimed ? (UInt128)70 : 0, await world.BalanceAsync(Payee));
        }
    }

    [Fact] // [12: a top-up and a close under way at once]
    public async Task TopUpThatMeetsAClose_CountsBeforeItAndIsRefusedAfterIt()
    {
        foreach (var topUpFirst in new[] { true, false })
        {
            var world = await WithChannelAsync(await EvmAsync());
            var (topUp, close) = (world.OpenCall(150), world.CloseCall(60));
            var raised = topUpFirst && (await world.SendAsync(Stranger.Address, topUp)).Success;
            Assert.True((await world.SendAsync(Stranger.Address, close)).Success);
            Assert.Equal(topUpFirst, raised);
            Assert.Equal(ContractRejection.WrongEpoch, (await world.SendAsync(Stranger.Address, topUp)).Rejection);
            Assert.Equal((UInt128)440, await world.DepositedAsync(Payer.Address));
            Assert.Equal((UInt128)60, await world.BalanceAsync(Payee));
        }
    }

    [Fact]
    public async Task FinishWithdraw_CountsFromTheSecondOnThatTheRequestNamed()
    {
        var world = await WithChannelAsync(await EvmAsync());
        Assert.Equal(ContractRejection.NoWithdrawPending, (await world.FinishWithdrawAsync()).Rejection);
        var request = world.EventsOf(await world.RequestWithdrawAsync());
        var at = await world.Evm.TimeAsync() + Delay;
        Assert.Equal([new WithdrawRequestedEvent(world.Terms.Id(world.Domain), 0, at)], request);
        Assert.Equal(at, (await world.ChannelAsync())!.WithdrawAt);
        Assert.Equal(ContractRejection.WithdrawPending, (await world.RequestWithdrawAsync()).Rejection);

        Assert.Equal(ContractRejection.WithdrawTooEarly, (await world.FinishWithdrawAsync()).Rejection);
        Assert.Equal(ContractRejection.WrongEpoch, (await world.FinishWithdrawAsync(epoch: 1)).Rejection);
        await world.Evm.SetNextTimeAsync(at - 1);
        Assert.Equal(ContractRejection.WithdrawTooEarly, (await world.FinishWithdrawAsync()).Rejection);
        await world.Evm.SetNextTimeAsync(at);
        Assert.True((await world.FinishWithdrawAsync()).Success);
        Assert.Equal(new ChainChannel(null, Amount(0), Amount(0), 1, null), await world.ChannelAsync());
        Assert.Equal(ContractRejection.NoWithdrawPending, (await world.FinishWithdrawAsync(epoch: 1)).Rejection);
    }

    [Fact]
    public async Task RequestToWithdraw_IsThePayersAloneAndForAChannelThatHoldsSomething()
    {
        var world = await WithChannelAsync(await EvmAsync());
        Assert.Equal(ContractRejection.WrongSigner, (await world.RequestWithdrawAsync(Session.Address)).Rejection);
        Assert.Equal(ContractRejection.WrongSigner, (await world.RequestWithdrawAsync(Payee)).Rejection);
        Assert.Equal(ContractRejection.UnknownChannel, (await world.RequestWithdrawAsync(terms: world.MakeTerms(9))).Rejection);
        await world.CloseAsync(0);
        Assert.Equal(ContractRejection.InsufficientDeposit, (await world.RequestWithdrawAsync()).Rejection);
    }

    [Fact]
    public async Task CloseWhileThePayerWithdraws_VoidsTheRequest()
    {
        var world = await WithChannelAsync(await EvmAsync());
        await world.RequestWithdrawAsync();
        Assert.True((await world.CloseAsync(10)).Success);
        Assert.True((await world.OpenAsync(100, epoch: 1)).Success);
        Assert.Null((await world.ChannelAsync())!.WithdrawAt);
        await world.Evm.SetNextTimeAsync(await world.Evm.TimeAsync() + (2 * Delay));
        Assert.Equal(ContractRejection.NoWithdrawPending, (await world.FinishWithdrawAsync(epoch: 1)).Rejection);
    }
}
