using System.Globalization;
using System.Numerics;

namespace BttProxy.Protocol.Money;

/// <summary>Smallest token units per megabyte (1,000,000 bytes).</summary>
public readonly record struct PricePerMegabyte(UInt128 Units) : IComparable<PricePerMegabyte>
{
    public static PricePerMegabyte Zero => default;

    private static UInt128 Megabyte => (UInt128)ProtocolConstants.BytesPerMegabyte;

    public static bool operator <(PricePerMegabyte left, PricePerMegabyte right) => left.Units < right.Units;

    public static bool operator >(PricePerMegabyte left, PricePerMegabyte right) => left.Units > right.Units;

    public static bool operator <=(PricePerMegabyte left, PricePerMegabyte right) => left.Units <= right.Units;

    public static bool operator >=(PricePerMegabyte left, PricePerMegabyte right) => left.Units >= right.Units;

    /// <summary>
    /// ceil(bytes × price / 1,000,000). Compute it once on a session's cumulative bytes: rounding per request
    /// would let one-byte requests overpay.
    /// </summary>
    /// <exception cref="OverflowException">The result needs more than 128 bits. Intermediate values never overflow.</exception>
    public TokenAmount Owed(ByteCount bytes)
    {
        var (megabytes, rest) = UInt128.DivRem((UInt128)bytes.Value, Megabyte);
        var (perByte, remainder) = UInt128.DivRem(Units, Megabyte);
        var ofRest = (rest * perByte) + (((rest * remainder) + Megabyte - 1) / Megabyte);
        return new TokenAmount(checked((megabytes * Units) + ofRest));
    }

    /// <summary>
    /// The greatest number of bytes whose <see cref="Owed"/> is at most <paramref name="amount"/>;
    /// <see cref="long.MaxValue"/> where there are more, or the price is zero.
    /// </summary>
    public ByteCount Covered(TokenAmount amount)
    {
        if (Units == 0)
        {
            return ByteCount.MaxValue;
        }

        // ceil(n × price / 1e6) <= amount  <=>  n <= floor(amount × 1e6 / price); the product may need 148 bits.
        var (megabytes, rest) = UInt128.DivRem(amount.Units, Units);
        if (megabytes > (UInt128)(long.MaxValue / ProtocolConstants.BytesPerMegabyte))
        {
            return ByteCount.MaxValue;
        }

        var ofRest = rest <= UInt128.MaxValue / Megabyte
            ? rest * Megabyte / Units
            : (UInt128)((BigInteger)rest * ProtocolConstants.BytesPerMegabyte / (BigInteger)Units);
        var bytes = (megabytes * Megabyte) + ofRest;
        return bytes > (UInt128)long.MaxValue ? ByteCount.MaxValue : new ByteCount((long)bytes);
    }

    /// <summary>Reads decimal digits of smallest units per megabyte.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PricePerMegabyte price)
    {
        var parsed = TokenAmount.TryParse(text, out var amount);
        price = new PricePerMegabyte(amount.Units);
        return parsed;
    }

    public int CompareTo(PricePerMegabyte other) => Units.CompareTo(other.Units);

    public override string ToString() => Units.ToString(CultureInfo.InvariantCulture);

    /// <summary>The exact price in tokens, such as "0.25 BTT/MB".</summary>
    public string ToBtt() => new TokenAmount(Units).ToBtt() + "/MB";
}
