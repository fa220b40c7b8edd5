using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.UnitTests.Tron.Contracts.World;
using Xunit;
using static BttProxy.UnitTests.Tron.Contracts.World.ChannelsWorld;

namespace BttProxy.UnitTests.Tron.Contracts;

public abstract partial class BttChannelsTests
{
    [Fact] // [39: no return value, false on success]
    public async Task TokenThatReturnsNothingOrFalseOnSuccess_Works()
    {
        foreach (var mode in new[] { OddMode.ReturnsTrue, OddMode.ReturnsNothing, OddMode.ReturnsFalseOnSuccess })
        {
            var world = await CreateAsync(await EvmAsync(), TestTokens.Odd);
            await SetAsync(world, mode);
            Assert.True((await world.DepositAsync(500)).Success);
            Assert.True((await world.OpenAsync(100)).Success);
            Assert.Equal([Paid(world, 60, 60)], await world.ClaimAsync(world.Row(60)));
            Assert.True((await world.CloseAsync(70)).Success);
            Assert.True((await world.WithdrawAsync(430)).Success);
            Assert.Equal((UInt128)70, await world.BalanceAsync(Payee));
            Assert.Equal((UInt128)930, await world.BalanceAsync(Payer.Address));
        }
    }

    [Fact] // [39: fee on transfer, false without moving, refusing]
    public async Task TokenThatDoesNotMoveExactlyTheAmount_IsNotTakenAndNotWithdrawn()
    {
        foreach (var mode in new[] { OddMode.ReturnsFalseOnFailure, OddMode.TakesAFee, OddMode.Reverts, OddMode.SendsTwice })
        {
            var world = await WithDepositAsync(await EvmAsync(), TestTokens.Odd);
            await SetAsync(world, mode);
            Assert.Equal(ContractRejection.TokenRefused, (await world.DepositAsync(100)).Rejection);
            if (mode != OddMode.TakesAFee)
            {
                Assert.Equal(ContractRejection.TokenRefused, (await world.WithdrawAsync(100)).Rejection);
            }

            Assert.Equal((UInt128)500, await world.DepositedAsync(Payer.Address));
        }
    }

    [Fact]
    public async Task AddressThatIsNoToken_IsRefused()
    {
        var world = await CreateAsync(await EvmAsync());
        Assert.Equal(ContractRejection.TokenRefused, (await world.DepositAsync(1, token: Payee)).Rejection);
        Assert.Equal(ContractRejection.TokenRefused, (await world.DepositAsync(1, token: world.Contract)).Rejection);
        Assert.Equal(ContractRejection.TokenRefused, (await world.DepositAsync(1, token: TronAddress.Zero)).Rejection);
    }

    [Fact] // [40: a receiver that the token blocks]
    public async Task PayoutThatTheTokenRefuses_BecomesThePayeesDepositAndHarmsNoOther()
    {
        foreach (var mode in new[]
        {
            OddMode.Reverts, OddMode.ReturnsFalseOnFailure, OddMode.SendsTwice, OddMode.BurnsEverything,
        })
        {
            var evm = await EvmAsync();
            var world = await WithChannelAsync(evm, TestTokens.Odd);
            var plain = await evm.DeployAsync(TestTokens.Plain);
            await world.FundAsync(Payer.Address, 1000, plain);
            await world.DepositAsync(500, token: plain);
            var other = world.MakeTerms(2, payee: OtherPayee, token: plain);
            await world.OpenAsync(100, terms: other);
            await SetAsync(world, mode);

            var rows = new[] { world.Row(60), world.Row(80, terms: other) };
            var outcome = await world.SendAsync(Stranger.Address, BttChannelsCalls.Claim(rows));
            Assert.Contains(new PayoutDeferredEvent(Payee, world.Token, Amount(60)), world.EventsOf(outcome));
            Assert.Equal((UInt128)80, await world.BalanceAsync(OtherPayee, plain));
            Assert.Equal((UInt128)60, await world.DepositedAsync(Payee));

            Assert.True((await world.CloseAsync(70)).Success);
            Assert.Equal((UInt128)430, await world.DepositedAsync(Payer.Address));
            await SetAsync(world, OddMode.ReturnsTrue);
            Assert.True((await world.WithdrawAsync(70, Payee)).Success);
            Assert.Equal((UInt128)70, await world.BalanceAsync(Payee));
        }
    }

    [Fact] // [40: one of two payees blocked]
    public async Task PayeeOnTheTokensBlocklist_LeavesTheOtherPaid()
    {
        var world = await WithChannelAsync(await EvmAsync(), TestTokens.Odd);
        var other = world.MakeTerms(2, payee: OtherPayee);
        await world.OpenAsync(100, terms: other);
        await world.SucceedAsync(Stranger.Address, world.Token, TestTokens.Refuse(Payee));
        await world.ClaimAsync(world.Row(60), world.Row(40, terms: other));
        Assert.Equal((UInt128)0, await world.BalanceAsync(Payee));
        Assert.Equal((UInt128)60, await world.DepositedAsync(Payee));
        Assert.Equal((UInt128)40, await world.BalanceAsync(OtherPayee));
    }

    [Theory] // [40: re-entrancy on every function that calls a token, into every function]
    [InlineData("deposit")]
    [InlineData("withdraw")]
    [InlineData("claim")]
    [InlineData("close")]
    public async Task TokenThatCallsBack_IsTurnedAwayFromEveryFunction(string paying)
    {
        var evm = await EvmAsync();
        for (var inner = 0; inner < 7; inner++)
        {
            var world = await WithChannelAsync(evm, TestTokens.Odd);
            byte[][] calls =
            [
                BttChannelsCalls.Deposit(world.Token, Amount(10)), BttChannelsCalls.Withdraw(world.Token, Amount(10)), world.OpenCall(200),
                BttChannelsCalls.Claim([world.Row(90)]), world.CloseCall(95), BttChannelsCalls.RequestWithdraw(world.Terms),
                BttChannelsCalls.FinishWithdraw(world.Terms, 0),
            ];
            await world.SucceedAsync(Stranger.Address, world.Token, TestTokens.Reenter(world.Contract, calls[inner]));
            var outcome = paying switch
            {
                "deposit" => await world.DepositAsync(50),
                "withdraw" => await world.WithdrawAsync(50),
                "claim" => await world.SendAsync(Stranger.Address, BttChannelsCalls.Claim([world.Row(30)])),
                _ => await world.CloseAsync(30),
            };
            Assert.True(outcome.Success);
            var answer = Assert.Single(outcome.Logs, log => log.Contract == world.Token).Data;
            Assert.True(BttChannelsResults.TryReadRejection(answer.Span.Slice(3 * AbiWriter.WordLength, 36), out var rejection));
            Assert.Equal(ContractRejection.Reentered, rejection);
        }
    }

    [Fact]
    public async Task PayOut_IsForTheContractAlone()
    {
        var world = await WithChannelAsync(await EvmAsync());
        var call = new AbiWriter("payOut(address,address,uint256)").Add(Stranger.Address).Add(world.Token).Add(100).ToArray();
        Assert.Equal(ContractRejection.WrongSigner, (await world.SendAsync(Stranger.Address, call)).Rejection);
        Assert.Equal(ContractRejection.WrongSigner, (await world.SendAsync(Payer.Address, call)).Rejection);
    }

    private static Task SetAsync(ChannelsWorld world, OddMode mode) =>
        world.SucceedAsync(Stranger.Address, world.Token, TestTokens.Set(mode));
}
