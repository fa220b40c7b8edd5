using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using Xunit;
using static BttProxy.UnitTests.Tron.Contracts.World.ChannelsWorld;

namespace BttProxy.UnitTests.Tron.Contracts;

public abstract partial class BttChannelsTests
{
    private const int RowWords = 12;

    [Fact]
    public async Task Claim_PaysTheDifferenceToThePayeeWhoeverSubmits()
    {
        var world = await WithChannelAsync(await EvmAsync());
        Assert.Equal([Paid(world, 30, 30)], await world.ClaimAsync(world.Row(30)));
        Assert.Equal([Paid(world, 70, 100)], await world.ClaimAsync(world.Row(100)));
        Assert.Equal((UInt128)100, await world.BalanceAsync(Payee));
        Assert.Equal((UInt128)0, await world.BalanceAsync(Stranger.Address));
    }

    [Fact] // [1: replay; 5: lower after newer]
    public async Task VoucherReplayedOrLower_IsSkippedAndPaysNothing()
    {
        var world = await WithChannelAsync(await EvmAsync());
        var row = world.Row(40);
        await world.ClaimAsync(row);
        var skipped = Skipped(world, ClaimOutcome.AlreadyClaimed, 40);
        Assert.Equal([skipped], await world.ClaimAsync(row));
        Assert.Equal([skipped, skipped, skipped], await world.ClaimAsync(row, world.Row(39), world.Row(0)));
        Assert.Equal((UInt128)40, await world.BalanceAsync(Payee));
    }

    [Fact]
    public async Task BatchWithTheSameChannelTwice_PaysEachUnitOnceInOneTransfer()
    {
        var world = await WithChannelAsync(await EvmAsync());
        var rows = new[] { world.Row(20), world.Row(50), world.Row(50), world.Row(35) };
        var outcome = await world.SendAsync(Stranger.Address, BttChannelsCalls.Claim(rows));
        Assert.Equal(
            [
                Paid(world, 20, 20), Paid(world, 30, 50), Skipped(world, ClaimOutcome.AlreadyClaimed, 50),
                Skipped(world, ClaimOutcome.AlreadyClaimed, 50),
            ],
            world.EventsOf(outcome).Cast<RowEvent>().Select(row => row.Result));
        Assert.Single(outcome.Logs, log => log.Contract == world.Token);
        Assert.Equal((UInt128)50, await world.BalanceAsync(Payee));
    }

    [Fact] // [28: one bad row poisons the batch]
    public async Task TwentyRowsWithEachKindOfBadOne_PayAllGoodOnes()
    {
        var world = await WithDepositAsync(await EvmAsync());
        var good = new List<ChannelTerms>();
        for (byte salt = 1; salt <= 10; salt++)
        {
            good.Add(world.MakeTerms(salt, payee: salt % 2 == 0 ? Payee : OtherPayee));
            await world.OpenAsync(10, terms: good[^1]);
        }

        var flipped = world.Row(8, terms: good[0]);
        var bytes = flipped.Voucher.Signature.Span.ToArray();
        bytes[64] = (byte)(55 - bytes[64]);
        ClaimRow[] bad =
        [
            world.Row(11, terms: good[0]),
            world.Row(0, terms: good[1]),
            world.Row(8, epoch: 1, terms: good[2]),
            world.Row(8, epoch: ulong.MaxValue, terms: good[2]),
            world.Row(8, terms: world.MakeTerms(99)),
            world.Row(8, terms: good[3], signer: Payer),
            world.Row(8, terms: good[4], domain: new ChannelDomain(1, world.Contract)),
            flipped with { Voucher = flipped.Voucher with { Signature = default } },
            flipped with { Voucher = flipped.Voucher with { Signature = new RecoverableSignature(bytes) } },
            new ClaimRow(good[5], world.Row(8, terms: good[6]).Voucher),
        ];
        var rows = bad.Zip(good.Select(terms => world.Row(7, terms: terms)), (one, other) => new[] { one, other }).SelectMany(pair => pair);
        var outcome = await world.SendAsync(Stranger.Address, BttChannelsCalls.Claim([.. rows]));
        var results = world.EventsOf(outcome).Cast<RowEvent>().Select(row => row.Result).ToArray();

        Assert.Equal(20, results.Length);
        Assert.All(results.Where((_, index) => index % 2 == 1), result => Assert.Equal(ClaimOutcome.Claimed, result.Outcome));
        Assert.Equal(
            [
                ClaimOutcome.AboveReserved, ClaimOutcome.AlreadyClaimed, ClaimOutcome.WrongEpoch, ClaimOutcome.WrongEpoch,
                ClaimOutcome.UnknownChannel, ClaimOutcome.WrongSigner, ClaimOutcome.WrongSigner, ClaimOutcome.BadSignature,
                ClaimOutcome.WrongSigner, ClaimOutcome.WrongSigner,
            ],
            results.Where((_, index) => index % 2 == 0).Select(result => result.Outcome));
        Assert.Equal(2, outcome.Logs.Count(log => log.Contract == world.Token));
        Assert.Equal((UInt128)35, await world.BalanceAsync(Payee));
        Assert.Equal((UInt128)35, await world.BalanceAsync(OtherPayee));
    }

    [Fact] // [3: another channel, another signer]
    public async Task VoucherOfAnotherChannelOrBySomebodyElse_PaysNothing()
    {
        var world = await WithChannelAsync(await EvmAsync());
        var other = world.MakeTerms(2);
        await world.OpenAsync(100, terms: other);
        ClaimRow[] rows =
        [
            new ClaimRow(world.Terms, world.Row(50, terms: other).Voucher), world.Row(50, signer: Stranger), world.Row(50, signer: Payer),
            world.Row(50, signer: Authorizer),
        ];
        Assert.All(await world.ClaimAsync(rows), result => Assert.Equal(ClaimOutcome.WrongSigner, result.Outcome));
        Assert.Equal((UInt128)0, await world.BalanceAsync(Payee));
    }

    [Fact] // [4: another chain or contract]
    public async Task VoucherOfAnotherChainOrContract_PaysNothing()
    {
        var world = await WithChannelAsync(await EvmAsync());
        ulong[] chains = [1, 199, 3448148188, 2494104990, world.Domain.ChainId + (1UL << 32)];
        ClaimRow[] rows =
        [
            .. chains.Select(chain => world.Row(50, domain: new ChannelDomain(chain, world.Contract))),
            world.Row(50, domain: new ChannelDomain(world.Domain.ChainId, world.Token)),
        ];
        Assert.All(await world.ClaimAsync(rows), result => Assert.Equal(ClaimOutcome.WrongSigner, result.Outcome));

        var sibling = await WithChannelAsync(world.Evm);
        Assert.Equal(ClaimOutcome.WrongSigner, Assert.Single(await sibling.ClaimAsync(sibling.Row(50, domain: world.Domain))).Outcome);
        Assert.Equal(
            ClaimOutcome.UnknownChannel, Assert.Single(await sibling.ClaimAsync(world.Row(50))).Outcome);
    }

    [Fact] // [20: the relay claims above what is signed]
    public async Task AmountRaisedAfterSigning_IsRefused()
    {
        var world = await WithChannelAsync(await EvmAsync());
        var row = world.Row(50);
        var raised = row with { Voucher = row.Voucher with { Voucher = row.Voucher.Voucher with { Cumulative = Amount(51) } } };
        Assert.Equal(ClaimOutcome.WrongSigner, Assert.Single(await world.ClaimAsync(raised)).Outcome);
    }

    [Fact]
    public async Task WordsThatNoTypeHolds_SpoilTheirOwnRowOnly()
    {
        var world = await WithChannelAsync(await EvmAsync());
        for (var word = 0; word < RowWords; word++)
        {
            var before = (await world.ChannelAsync())!.Claimed.Units;
            var rows = new[] { world.Row(before + 2), world.Row(before + 1) };
            var call = BttChannelsCalls.Claim(rows);
            call[4 + ((2 + word) * AbiWriter.WordLength)] ^= 0x80;
            var outcome = await world.SendAsync(Stranger.Address, call);
            Assert.Equal(
                [word switch { < 7 => ClaimOutcome.UnknownChannel, 7 => ClaimOutcome.WrongEpoch, 8 => ClaimOutcome.AboveReserved, 9 => null,
                    _ => ClaimOutcome.BadSignature }, ClaimOutcome.Claimed],
                world.EventsOf(outcome).Cast<RowEvent>().Select(
                    (row, index) => word == 9 && index == 0 && row.Result.Outcome != ClaimOutcome.Claimed ? (ClaimOutcome?)null : row.Result.Outcome));
        }
    }

    [Fact]
    public async Task MoreRowsThanOneClaimTakes_AreRefused()
    {
        var world = await WithChannelAsync(await EvmAsync());
        var row = world.Row(1);
        ClaimRow[] rows = [.. Enumerable.Repeat(row, BttChannelsCalls.MaxRows + 1)];
        Assert.Equal(ContractRejection.TooManyRows, (await world.SendAsync(Stranger.Address, BttChannelsCalls.Claim(rows))).Rejection);
        Assert.Equal(BttChannelsCalls.MaxRows, (await world.ClaimAsync(rows[1..])).Count);
        Assert.Empty(await world.ClaimAsync());
    }

    [Fact]
    public async Task Judge_SaysWhatAClaimWouldDo()
    {
        var world = await WithChannelAsync(await EvmAsync());
        await world.ClaimAsync(world.Row(10));
        ClaimRow[] rows =
        [
            world.Row(50), world.Row(10), world.Row(101), world.Row(50, epoch: 1), world.Row(50, signer: Payer),
            world.Row(50, terms: world.MakeTerms(7)), world.Row(50) with { Voucher = world.Row(50).Voucher with { Signature = default } },
        ];
        var answer = await world.Evm.CallAsync(world.Contract, BttChannelsCalls.Judge(rows));
        Assert.True(BttChannelsResults.TryReadOutcomes(answer.Output.Span, rows.Length, out var outcomes));
        Assert.Equal(
            [
                ClaimOutcome.Claimed, ClaimOutcome.AlreadyClaimed, ClaimOutcome.AboveReserved, ClaimOutcome.WrongEpoch,
                ClaimOutcome.WrongSigner, ClaimOutcome.UnknownChannel, ClaimOutcome.BadSignature,
            ],
            outcomes);
        Assert.Equal((UInt128)10, await world.BalanceAsync(Payee));
    }
}
