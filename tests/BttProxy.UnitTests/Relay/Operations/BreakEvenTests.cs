using BttProxy.Protocol.Money;
using BttProxy.Relay.Operations;
using BttProxy.Tron;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Relay.Operations;

public sealed class BreakEvenTests
{
    private static readonly ClaimCosts Costs = new(EnergyPrice: 100, BytePrice: 1_000, FreeEnergy: 1_000_000, FreeBytes: 5_000);
    private static readonly PricePerMegabyte Price = new(TokenAmount.FromBtt(10).Units);

    [Fact]
    public void Alone_CostsMoreThanInABatch()
    {
        var report = BreakEven.Of(Costs, Price, 5, TokenAmount.FromBtt(1000), 20);

        Assert.Equal([1, 20], report.Claims.Select(static row => row.RowsPerClaim));
        // 39,900 energy and 804 bytes; 279,300 energy and 8,100 bytes for twenty.
        Assert.Equal([4_794_000, 1_801_500], report.Claims.Select(static row => row.FeeSun));
        // 4.794 TRX are 4,794 BTT, which are 5 % of 95,880 BTT, which are 9,588 MB at 10 BTT.
        Assert.Equal(TokenAmount.FromBtt(95_880), report.Claims[0].Value);
        Assert.Equal(9_588UL, report.Claims[0].Megabytes);
    }

    [Fact]
    public void NoRate_LeavesValueAndVolumeOpen() =>
        Assert.All(BreakEven.Of(Costs, Price, 5, null, 20).Claims, static row => Assert.Equal((null, null), (row.Value, row.Megabytes)));

    [Fact]
    public void FreeRelay_NeverBreaksEven() =>
        Assert.All(BreakEven.Of(Costs, PricePerMegabyte.Zero, 5, TokenAmount.FromBtt(1), 20).Claims, static row => Assert.Null(row.Megabytes));

    [Fact]
    public void OneRowPerClaim_IsOneRow() => Assert.Single(BreakEven.Of(Costs, Price, 5, null, 1).Claims);

    [Fact]
    public void Value_IsTheLeastOfWhichTheFeeIsThatPart() => Gen.Select(Gen.Long[1, 1L << 40], Gen.Long[1, 1L << 62], Gen.Int[1, 100]).Sample(static (fee, rate, percent) =>
    {
        var value = BreakEven.Value(fee, new TokenAmount((UInt128)rate), percent)!.Value.Units;
        // fee x rate / 1,000,000 <= value x percent / 100, and not for one unit less.
        var (cost, part) = ((UInt128)fee * (UInt128)rate * 100, (UInt128)percent * 1_000_000);
        return cost <= value * part && cost > (value - 1) * part;
    });

    [Fact]
    public void Megabytes_AreTheLeastThatBringTheValue() => Gen.Select(Gen.ULong, Gen.ULong[1, ulong.MaxValue]).Sample(static (value, price) =>
    {
        var megabytes = BreakEven.Megabytes(new TokenAmount(value), new PricePerMegabyte(price))!.Value;
        return (UInt128)megabytes * price >= value && (megabytes == 0 || (UInt128)(megabytes - 1) * price < value);
    });

    [Fact]
    public void Immense_IsUnknownAndNoOverflow()
    {
        Assert.Null(BreakEven.Value(long.MaxValue, TokenAmount.MaxValue, 1));
        Assert.Null(BreakEven.Megabytes(TokenAmount.MaxValue, new PricePerMegabyte(1)));
    }
}
