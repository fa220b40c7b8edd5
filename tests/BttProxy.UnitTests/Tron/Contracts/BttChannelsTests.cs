using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.UnitTests.Tron.Contracts.World;
using Xunit;
using static BttProxy.UnitTests.Tron.Contracts.World.ChannelsWorld;

namespace BttProxy.UnitTests.Tron.Contracts;

/// <summary>The settlement contract's bytecode, on whatever machine executes it. Names in brackets are attacks of the threat list.</summary>
public abstract partial class BttChannelsTests
{
    /// <summary>The machine; asking for it skips the test where there is none.</summary>
    private protected abstract Task<IEvm> EvmAsync();

    [Fact]
    public async Task IdentifiersAndDomain_AreThoseOfTheTypedData()
    {
        var world = await CreateAsync(await EvmAsync());
        Assert.Equal(world.Domain.Separator, await WordAsync(world, BttChannelsCalls.DomainSeparator()));
        foreach (var terms in new[] { world.Terms, world.MakeTerms(9, payee: OtherPayee, delay: Far), world.MakeTerms(0, delay: 0) })
        {
            Assert.Equal(terms.Id(world.Domain).Value, await WordAsync(world, BttChannelsCalls.ChannelIdOf(terms)));
        }
    }

    [Fact]
    public async Task Deposit_MovesTokensIntoTheContract()
    {
        var world = await CreateAsync(await EvmAsync());
        var outcome = await world.DepositAsync(500);
        Assert.Equal([new DepositedEvent(Payer.Address, world.Token, Amount(500))], world.EventsOf(outcome));
        Assert.Equal((UInt128)500, await world.DepositedAsync(Payer.Address));
        Assert.Equal((UInt128)500, await world.BalanceAsync(Payer.Address));
        Assert.Equal(ContractRejection.TokenRefused, (await world.DepositAsync(501)).Rejection);
        Assert.Equal(ContractRejection.AmountOutOfRange, (await world.DepositAsync(0)).Rejection);
    }

    [Fact]
    public async Task Withdraw_GivesBackOnlyWhatNoChannelHolds()
    {
        var world = await WithChannelAsync(await EvmAsync());
        Assert.Equal(ContractRejection.InsufficientDeposit, (await world.WithdrawAsync(401)).Rejection);
        Assert.Equal(ContractRejection.InsufficientDeposit, (await world.WithdrawAsync(1, Stranger.Address)).Rejection);
        Assert.Equal(ContractRejection.AmountOutOfRange, (await world.WithdrawAsync(0)).Rejection);
        Assert.Equal([new WithdrawnEvent(Payer.Address, world.Token, Amount(400))], world.EventsOf(await world.WithdrawAsync(400)));
        Assert.Equal((UInt128)900, await world.BalanceAsync(Payer.Address));
    }

    [Fact]
    public async Task AmountsAboveTheWidth_AreRefusedAndTheWholeSupplyFits()
    {
        var (evm, supply) = (await EvmAsync(), TokenAmount.Parse("990000000000000000000000000000000").Units);
        var widest = (UInt128.One << 112) - 1;
        var world = await CreateAsync(evm);
        await world.FundAsync(Payer.Address, supply);
        await world.FundAsync(Payer.Address, UInt128.MaxValue >> 1);
        Assert.Equal(ContractRejection.AmountOutOfRange, (await world.DepositAsync(widest + 1)).Rejection);
        Assert.Equal(ContractRejection.None, (await world.DepositAsync(widest)).Rejection);
        Assert.Equal(ContractRejection.None, (await world.DepositAsync(widest)).Rejection);
        Assert.Equal(ContractRejection.AmountOutOfRange, (await world.OpenAsync(widest + 1)).Rejection);
        Assert.Equal(ContractRejection.AmountOutOfRange, (await world.OpenAsync(UInt128.MaxValue)).Rejection);

        Assert.Equal(ContractRejection.None, (await world.OpenAsync(supply)).Rejection);
        Assert.Equal([Paid(world, supply, supply)], await world.ClaimAsync(world.Row(supply)));
        Assert.Equal(supply, await world.BalanceAsync(Payee));
        Assert.Equal(ContractRejection.None, (await world.OpenAsync(widest)).Rejection);
        Assert.Equal([Paid(world, widest - supply, widest)], await world.ClaimAsync(world.Row(widest)));
        Assert.Equal(Skipped(world, ClaimOutcome.AboveReserved, widest), Assert.Single(await world.ClaimAsync(world.Row(UInt128.MaxValue))));
    }

    private static ClaimRowResult Paid(ChannelsWorld world, UInt128 paid, UInt128 total) =>
        new(world.Terms.Id(world.Domain), ClaimOutcome.Claimed, Amount(paid), Amount(total));

    private static ClaimRowResult Skipped(ChannelsWorld world, ClaimOutcome outcome, UInt128 total) =>
        new(world.Terms.Id(world.Domain), outcome, TokenAmount.Zero, Amount(total));

    private static async Task<Bytes32> WordAsync(ChannelsWorld world, byte[] call)
    {
        var answer = await world.Evm.CallAsync(world.Contract, call);
        Assert.True(BttChannelsResults.TryReadWord(answer.Output.Span, out var word));
        return word;
    }
}
