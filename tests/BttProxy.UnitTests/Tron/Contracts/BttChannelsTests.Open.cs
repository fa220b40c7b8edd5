using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using Xunit;
using static BttProxy.UnitTests.Tron.Contracts.World.ChannelsWorld;

namespace BttProxy.UnitTests.Tron.Contracts;

public abstract partial class BttChannelsTests
{
    [Fact]
    public async Task Open_ReservesOutOfTheDepositAndTellsAllTerms()
    {
        var world = await WithDepositAsync(await EvmAsync());
        Assert.Null(await world.ChannelAsync());
        var outcome = await world.OpenAsync(100);
        Assert.Equal([new ChannelOpenedEvent(world.Terms.Id(world.Domain), world.Terms, 0, Amount(100))], world.EventsOf(outcome));
        Assert.Equal(new ChainChannel(null, Amount(100), Amount(0), 0, null), await world.ChannelAsync());
        Assert.Equal((UInt128)400, await world.DepositedAsync(Payer.Address));
    }

    [Fact]
    public async Task OpenByThePayerItself_NeedsNoSignature()
    {
        var world = await WithDepositAsync(await EvmAsync());
        var call = BttChannelsCalls.Open(world.Terms, new OpenChannel(world.Terms.Id(world.Domain), Amount(100), 0, Far), default);
        Assert.Equal(ContractRejection.BadSignature, (await world.SendAsync(Stranger.Address, call)).Rejection);
        Assert.True((await world.SendAsync(Payer.Address, call)).Success);
        Assert.Equal(Amount(100), (await world.ChannelAsync())!.Reserved);
    }

    [Fact] // [29: front-run or repeated by a stranger]
    public async Task AuthorisationSubmittedTwice_ReservesOnce()
    {
        var world = await WithChannelAsync(await EvmAsync());
        Assert.Equal(ContractRejection.NotAboveReserved, (await world.OpenAsync(100)).Rejection);
        Assert.Equal(ContractRejection.NotAboveReserved, (await world.OpenAsync(99)).Rejection);
        Assert.Equal((UInt128)400, await world.DepositedAsync(Payer.Address));
    }

    [Fact]
    public async Task OpenAgain_IsATopUpToTheTotalThatLeavesWhatIsClaimed()
    {
        var world = await WithChannelAsync(await EvmAsync());
        await world.ClaimAsync(world.Row(60));
        Assert.True((await world.OpenAsync(150)).Success);
        Assert.Equal(new ChainChannel(null, Amount(150), Amount(60), 0, null), await world.ChannelAsync());
        Assert.Equal((UInt128)350, await world.DepositedAsync(Payer.Address));
        Assert.Equal(ContractRejection.InsufficientDeposit, (await world.OpenAsync(501)).Rejection);
        Assert.True((await world.OpenAsync(500)).Success);
    }

    [Fact] // [8: one deposit promised to many relays]
    public async Task OneDepositReservedForTenChannels_CoversNoMoreThanItHolds()
    {
        var world = await WithDepositAsync(await EvmAsync());
        for (byte salt = 1; salt <= 10; salt++)
        {
            var outcome = await world.OpenAsync(100, terms: world.MakeTerms(salt));
            Assert.Equal(salt <= 5 ? ContractRejection.None : ContractRejection.InsufficientDeposit, outcome.Rejection);
        }

        Assert.Equal(UInt128.Zero, await world.DepositedAsync(Payer.Address));
    }

    [Fact]
    public async Task OpenWithTermsThatAreNotSound_IsRefused()
    {
        var world = await WithDepositAsync(await EvmAsync());
        var zero = TronAddress.Zero;
        ChannelTerms[] unsound =
        [
            world.MakeTerms(payer: zero), world.MakeTerms(signer: zero), world.MakeTerms(payee: zero), world.MakeTerms(authorizer: zero),
            world.MakeTerms(token: zero),
        ];
        foreach (var terms in unsound)
        {
            Assert.Equal(ContractRejection.InvalidTerms, (await world.OpenAsync(1, terms: terms)).Rejection);
        }

        Assert.Equal(ContractRejection.InsufficientDeposit, (await world.OpenAsync(1, terms: world.MakeTerms(token: Payee))).Rejection);
    }

    [Fact]
    public async Task OpenThatIsNotAuthorised_IsRefused()
    {
        var world = await WithDepositAsync(await EvmAsync());
        Assert.Equal(ContractRejection.InsufficientDeposit, (await world.OpenAsync(501)).Rejection);
        Assert.Equal(ContractRejection.NotAboveReserved, (await world.OpenAsync(0)).Rejection);
        Assert.Equal(ContractRejection.WrongEpoch, (await world.OpenAsync(1, epoch: 1)).Rejection);
        Assert.Equal(ContractRejection.WrongEpoch, (await world.OpenAsync(1, epoch: ulong.MaxValue)).Rejection);
        Assert.Equal(ContractRejection.WrongSigner, (await world.OpenAsync(1, signer: Session)).Rejection);
        Assert.Equal(
            ContractRejection.WrongSigner, (await world.OpenAsync(1, domain: new ChannelDomain(1, world.Contract))).Rejection);
        Assert.Equal(
            ContractRejection.WrongSigner,
            (await world.OpenAsync(1, domain: new ChannelDomain(world.Domain.ChainId, world.Token))).Rejection);
        Assert.Null(await world.ChannelAsync());
    }

    [Fact] // [41: acceptance at the deadline's edge]
    public async Task OpenAtItsDeadline_CountsAndASecondLaterDoesNot()
    {
        var world = await WithDepositAsync(await EvmAsync());
        var deadline = await world.Evm.TimeAsync() + 100;
        await world.Evm.SetNextTimeAsync(deadline);
        Assert.True((await world.OpenAsync(1, deadline: deadline)).Success);
        await world.Evm.SetNextTimeAsync(deadline + 1);
        Assert.Equal(ContractRejection.DeadlinePassed, (await world.OpenAsync(2, deadline: deadline)).Rejection);
    }

    [Fact]
    public async Task OpenWhileThePayerWithdraws_IsRefused()
    {
        var world = await WithChannelAsync(await EvmAsync());
        Assert.True((await world.RequestWithdrawAsync()).Success);
        Assert.Equal(ContractRejection.WithdrawPending, (await world.OpenAsync(150)).Rejection);
    }
}
