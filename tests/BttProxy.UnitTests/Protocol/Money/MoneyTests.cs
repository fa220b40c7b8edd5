using System.Numerics;
using BttProxy.Protocol.Money;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Money;

public sealed class MoneyTests
{
    /// <summary>990e12 BTT with 18 decimals.</summary>
    private static readonly UInt128 Supply = UInt128.Parse("990000000000000000000000000000000");

    private static readonly Gen<UInt128> AnyAmount =
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 127]).Select((high, low, shift) => new UInt128(high, low) >> shift);

    private static readonly Gen<long> AnyBytes = Gen.Select(Gen.Long[0, long.MaxValue], Gen.Int[0, 62]).Select((value, shift) => value >> shift);

    [Theory]
    [InlineData(0, 250_000, 0)]
    [InlineData(1, 250_000, 1)]
    [InlineData(4, 250_000, 1)]
    [InlineData(5, 250_000, 2)]
    [InlineData(1_000_000, 250_000, 250_000)]
    [InlineData(1_000_001, 250_000, 250_001)]
    [InlineData(1_048_576, 1, 2)]
    [InlineData(1, 1, 1)]
    [InlineData(5, 0, 0)]
    public void Owed_RoundsUpOnce(long bytes, ulong price, ulong owed) =>
        Assert.Equal(new TokenAmount(owed), new PricePerMegabyte(price).Owed(new ByteCount(bytes)));

    [Fact]
    public void Owed_IsTheExactCeilingOrAnOverflow() =>
        Gen.Select(AnyBytes, AnyAmount).Sample((bytes, price) =>
        {
            var exact = ((bytes * (BigInteger)price) + 999_999) / 1_000_000;
            if (exact > (BigInteger)UInt128.MaxValue)
            {
                Assert.Throws<OverflowException>(() => new PricePerMegabyte(price).Owed(new ByteCount(bytes)));
            }
            else
            {
                Assert.Equal((UInt128)exact, new PricePerMegabyte(price).Owed(new ByteCount(bytes)).Units);
            }
        });

    [Fact]
    public void Covered_IsTheGreatestNumberOfBytesWithinTheAmount() =>
        Gen.Select(AnyAmount, AnyAmount).Sample((amount, price) =>
        {
            var covered = new PricePerMegabyte(price).Covered(new TokenAmount(amount)).Value;
            var exact = price == 0 ? long.MaxValue : (BigInteger)amount * 1_000_000 / (BigInteger)price;
            Assert.Equal(BigInteger.Min(exact, long.MaxValue), covered);
        });

    [Fact]
    public void OwedAndCovered_AreInverse() =>
        Gen.Select(AnyBytes, AnyAmount).Sample((bytes, units) =>
        {
            var price = new PricePerMegabyte((units >> 64) + 1);
            var owed = price.Owed(new ByteCount(bytes));
            var covered = price.Covered(owed);
            Assert.True(covered.Value >= bytes);
            Assert.Equal(owed, price.Owed(covered));
        });

    [Fact]
    public void MillionOneByteSteps_ErrByLessThanOneUnit()
    {
        var price = new PricePerMegabyte(333_333);
        var paid = TokenAmount.Zero;
        for (var bytes = 1; bytes <= 1_000_000; bytes++)
        {
            var next = price.Owed(new ByteCount(bytes));
            Assert.True(next >= paid);
            paid = next;
        }

        Assert.Equal(new TokenAmount(333_333), paid);
    }

    [Fact]
    public void WholeSupply_RoundTripsThroughTextAndPrice()
    {
        var supply = new TokenAmount(Supply);
        Assert.Equal(supply, TokenAmount.Parse(supply.ToString()));
        Assert.Equal("990000000000000 BTT", supply.ToBtt());
        Assert.Equal(supply, new PricePerMegabyte(Supply).Owed(new ByteCount(1_000_000)));
        Assert.Equal(new ByteCount(1_000_000), new PricePerMegabyte(Supply).Covered(supply));
        Assert.Equal(supply, TokenAmount.FromBtt(990_000_000_000_000));
    }

    [Fact]
    public void Overflow_IsAnErrorNeverAWrap()
    {
        var one = new TokenAmount(1);
        Assert.Throws<OverflowException>(() => TokenAmount.MaxValue + one);
        Assert.Throws<OverflowException>(() => TokenAmount.Zero - one);
        Assert.Throws<OverflowException>(() => new ByteCount(long.MaxValue) + new ByteCount(1));
        Assert.Throws<OverflowException>(() => ByteCount.Zero - new ByteCount(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ByteCount(-1));
        Assert.Throws<OverflowException>(() => new PricePerMegabyte(UInt128.MaxValue).Owed(new ByteCount(1_000_001)));
        Assert.Equal(TokenAmount.MaxValue, new PricePerMegabyte(UInt128.MaxValue).Owed(new ByteCount(1_000_000)));
        Assert.Equal(TokenAmount.Zero, TokenAmount.Zero.SubtractSaturating(one));
        Assert.Equal(ByteCount.MaxValue, ByteCount.MaxValue.AddSaturating(new ByteCount(5)));
    }

    [Theory]
    [InlineData("0", "0 BTT")]
    [InlineData("1", "0.000000000000000001 BTT")]
    [InlineData("12345000000000000000", "12.345 BTT")]
    [InlineData("340282366920938463463374607431768211455", "340282366920938463463.374607431768211455 BTT")]
    public void Tokens_AreShownExactly(string units, string text) => Assert.Equal(text, TokenAmount.Parse(units).ToBtt());

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData(" 1")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("340282366920938463463374607431768211456")]
    public void OtherThanDigits_IsNoAmount(string text)
    {
        Assert.False(TokenAmount.TryParse(text, out _));
        Assert.False(PricePerMegabyte.TryParse(text, out _));
        Assert.Throws<FormatException>(() => TokenAmount.Parse(text));
    }
}
