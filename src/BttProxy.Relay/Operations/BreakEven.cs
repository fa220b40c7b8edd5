using System.Numerics;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

/// <summary>How much a channel must carry before claiming it is worth its fee.</summary>
internal static class BreakEven
{
    private const long SunPerTrx = 1_000_000;

    public static BreakEvenReport Of(ClaimCosts costs, PricePerMegabyte price, int feePercent, TokenAmount? tokensPerTrx, int rowsPerClaim)
    {
        // What a stake gives is gone after a few claims; only what is burnt can be planned with.
        var burnt = costs with { FreeEnergy = 0, FreeBytes = 0 };
        var sizes = rowsPerClaim > 1 ? [1, rowsPerClaim] : new[] { 1 };
        return new BreakEvenReport(price, feePercent, tokensPerTrx, [.. sizes.Select(rows => Row(rows))]);

        BreakEvenRow Row(int rows)
        {
            var fee = ((burnt.Fee(rows) - 1) / rows) + 1;
            var value = tokensPerTrx is { } rate ? Value(fee, rate, feePercent) : null;
            return new BreakEvenRow(rows, fee, value, value is { } worth ? Megabytes(worth, price) : null);
        }
    }

    /// <summary>The least value of which the fee is the given part; null when it does not fit.</summary>
    public static TokenAmount? Value(long feeSun, TokenAmount tokensPerTrx, int feePercent)
    {
        var value = DivideUp(feeSun * (BigInteger)tokensPerTrx.Units * 100, (BigInteger)SunPerTrx * feePercent);
        return value <= (BigInteger)UInt128.MaxValue ? new TokenAmount((UInt128)value) : null;
    }

    /// <summary>The least whole number that brings the value; null when the price is zero or the number does not fit.</summary>
    public static ulong? Megabytes(TokenAmount value, PricePerMegabyte price)
    {
        if (price == PricePerMegabyte.Zero)
        {
            return null;
        }

        var megabytes = DivideUp((BigInteger)value.Units, (BigInteger)price.Units);
        return megabytes <= ulong.MaxValue ? (ulong)megabytes : null;
    }

    private static BigInteger DivideUp(BigInteger dividend, BigInteger divisor) => (dividend + divisor - 1) / divisor;
}
