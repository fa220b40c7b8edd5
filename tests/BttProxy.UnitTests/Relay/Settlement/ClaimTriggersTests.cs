using System.Security.Cryptography;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Relay.Settlement;

public sealed class ClaimTriggersTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly TronAddress Payer = Address();

    // At 100 sun for energy and 1,000 for a byte, as on the main network: 4.8 TRX for a claim of one row, 1.6 for each further one.
    private static readonly ClaimCosts Costs = new(100, 1000, 0, 0);

    private readonly SettlementOptions _options = new() { ClaimValue = new TokenAmount(100), ClaimAge = TimeSpan.FromHours(6) };
    private readonly CreditOptions _credit = new() { MaxUnclaimedPerPayer = new TokenAmount(10_000), MaxUnclaimedTotal = new TokenAmount(100_000) };

    [Fact]
    public void SmallAndYoung_Waits() => Assert.Empty(Choose([Channel(99)]));

    [Fact]
    public void Everything_TakesWhatWouldWait() => Assert.Equal(ClaimReason.Asked, Assert.Single(Choose([Channel(1)], everything: true)).Reason);

    [Fact]
    public void MostUrgent_ComesFirst()
    {
        var old = Channel(1, age: TimeSpan.FromHours(6));
        var rich = Channel(100);
        var closed = Channel(2);
        var exposed = Channel(5000, payer: Address());
        var withdrawing = Channel(3, withdrawAt: 5);

        var chosen = Choose([old, rich, closed, exposed, withdrawing, Channel(4)], closed: closed);

        Assert.Equal(
            [(withdrawing, ClaimReason.Withdraw), (exposed, ClaimReason.Exposure), (closed, ClaimReason.Closed), (rich, ClaimReason.Value), (old, ClaimReason.Age)],
            chosen.Select(static choice => (choice.Channel, choice.Reason)));
    }

    [Fact]
    public void CapInTotal_ClaimsFromThoseWhoOweMostUntilTheRestIsBelow()
    {
        _credit.MaxUnclaimedTotal = new TokenAmount(140);
        var (most, middle, least) = (Channel(50, payer: Address()), Channel(40, payer: Address()), Channel(29, payer: Address()));

        Assert.Equal([most], Choose([least, most, middle]).Where(static c => c.Reason == ClaimReason.Exposure).Select(static c => c.Channel));
    }

    [Fact]
    public void FeeAboveFivePercent_Waits()
    {
        LookAtFees();
        var fee = (ulong)Costs.Fee(1);

        Assert.Empty(Choose([Channel((fee * 20) - 1)], Costs));
        Assert.Equal(ClaimReason.Value, Assert.Single(Choose([Channel(fee * 20)], Costs)).Reason);
    }

    [Fact]
    public void ChannelsThatShareAClaim_AreWorthItTogether()
    {
        LookAtFees();
        var value = (ulong)Costs.Total(20, 20);
        var channels = Enumerable.Range(0, 20).Select(_ => Channel(value)).ToArray();

        Assert.Equal(20, Choose(channels, Costs).Count);
        Assert.Empty(Choose(channels[..1], Costs));
    }

    [Fact]
    public void RowBelowItsOwnFee_IsNeverSent()
    {
        LookAtFees();
        var worthless = Channel((ulong)Costs.RowFee(1), age: TimeSpan.FromDays(30), withdrawAt: 5);

        Assert.Empty(Choose([worthless], Costs, everything: true, closed: worthless));
        Assert.Single(Choose([worthless with { Value = new TokenAmount((ulong)Costs.RowFee(1) + 1) }], Costs));
    }

    [Fact]
    public void StakedEnergy_MakesSmallClaimsWorthIt()
    {
        LookAtFees();

        Assert.Single(Choose([Channel(1)], Costs with { FreeEnergy = 1_000_000, FreeBytes = 10_000 }));
    }

    [Fact]
    public void ClosedSession_WaitsWhereItsClaimCostsTooMuch()
    {
        LookAtFees();
        var closed = Channel((ulong)Costs.Fee(1));

        Assert.Empty(Choose([closed], Costs, closed: closed));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public void SessionThatTheBooksSayHasEnded_IsClaimedAfterAMoment(int seconds, bool isChosen)
    {
        var channel = Channel(5) with { EndedAt = Now.AddSeconds(-seconds) };
        Assert.Equal(isChosen ? [ClaimReason.Closed] : [], Choose([channel, Channel(5)]).Select(static choice => choice.Reason));
    }

    [Fact]
    public void WhateverIsChosenForItsValue_BringsTwentyTimesItsFee() => Gen.Select(
        Gen.ULong[0, 200_000_000].Array[0, 60], Gen.Long[1, 500], Gen.Int[1, 40], Gen.UInt[1, 5_000_000]).Sample((values, energyPrice, maxRows, rate) =>
    {
        var options = new SettlementOptions { TokensPerTrx = new TokenAmount(rate), MaxRowsPerClaim = maxRows };
        var credit = new CreditOptions { MaxUnclaimedPerPayer = TokenAmount.MaxValue, MaxUnclaimedTotal = TokenAmount.MaxValue };
        var costs = Costs with { EnergyPrice = energyPrice };
        var chosen = new ClaimTriggers(options, credit).Choose(
            [.. values.Select(value => Channel(value + 1))], new ClaimOccasion(Now, new HashSet<ChannelId>(), costs, false));
        var value = chosen.Aggregate((UInt128)0, static (sum, choice) => sum + choice.Channel.Value.Units);

        Assert.All(chosen, static choice => Assert.Equal(ClaimReason.Value, choice.Reason));
        Assert.True((UInt128)costs.Total(chosen.Count, maxRows) * rate * 20 <= value * 1_000_000);
    });

    [Fact]
    public void HugeRateAndValue_DoNotOverflow()
    {
        LookAtFees();
        _options.TokensPerTrx = TokenAmount.MaxValue;

        Assert.Empty(Choose([Channel(ulong.MaxValue)], Costs));
    }

    // One unit of the token is worth one sun; caps are far away.
    private void LookAtFees()
    {
        _options.TokensPerTrx = new TokenAmount(1_000_000);
        _credit.MaxUnclaimedPerPayer = _credit.MaxUnclaimedTotal = TokenAmount.MaxValue;
    }

    private static TronAddress Address() => new(RandomNumberGenerator.GetBytes(TronAddress.Length));

    private static UnclaimedChannel Channel(ulong value, TimeSpan age = default, ulong? withdrawAt = null, TronAddress? payer = null) => new(
        new ChannelId(new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length))), new TokenAmount(value), Now - age, withdrawAt, payer ?? Payer);

    private IReadOnlyList<ClaimChoice> Choose(
        IReadOnlyCollection<UnclaimedChannel> channels, ClaimCosts? costs = null, bool everything = false, UnclaimedChannel? closed = null) =>
        new ClaimTriggers(_options, _credit).Choose(
            channels, new ClaimOccasion(Now, closed is null ? new HashSet<ChannelId>() : [closed.Id], costs, everything));
}
