using System.Globalization;

namespace BttProxy.Protocol.Money;

/// <summary>
/// An amount of the token in its smallest unit. BTT has 18 decimals and a supply of 990e30 units (110 bits),
/// which neither <see cref="ulong"/> nor <see cref="decimal"/> can hold.
/// </summary>
public readonly record struct TokenAmount(UInt128 Units) : IComparable<TokenAmount>
{
    /// <summary>Length on the wire: 16 bytes, big-endian.</summary>
    public const int EncodedLength = 16;

    private const int Decimals = 18;

    public static TokenAmount Zero => default;

    public static TokenAmount MaxValue => new(UInt128.MaxValue);

    private static UInt128 UnitsPerToken => 1_000_000_000_000_000_000UL;

    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public static TokenAmount operator +(TokenAmount left, TokenAmount right) => new(checked(left.Units + right.Units));

    /// <exception cref="OverflowException">The difference is negative.</exception>
    public static TokenAmount operator -(TokenAmount left, TokenAmount right) => new(checked(left.Units - right.Units));

    public static bool operator <(TokenAmount left, TokenAmount right) => left.Units < right.Units;

    public static bool operator >(TokenAmount left, TokenAmount right) => left.Units > right.Units;

    public static bool operator <=(TokenAmount left, TokenAmount right) => left.Units <= right.Units;

    public static bool operator >=(TokenAmount left, TokenAmount right) => left.Units >= right.Units;

    public static TokenAmount Min(TokenAmount left, TokenAmount right) => left <= right ? left : right;

    public static TokenAmount Max(TokenAmount left, TokenAmount right) => left >= right ? left : right;

    /// <summary>Whole tokens, for tests and presets: <c>FromBtt(5)</c> is 5e18 units.</summary>
    /// <exception cref="OverflowException">The amount does not fit.</exception>
    public static TokenAmount FromBtt(ulong tokens) => new(checked(tokens * UnitsPerToken));

    /// <summary>Reads decimal digits of smallest units: no sign, no spaces, no separators.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TokenAmount amount)
    {
        if (UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var units))
        {
            amount = new TokenAmount(units);
            return true;
        }

        amount = default;
        return false;
    }

    /// <exception cref="FormatException">Not a whole number of smallest units.</exception>
    public static TokenAmount Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var amount)
            ? amount
            : throw new FormatException("An amount is a whole number of the token's smallest units, at most 2^128 - 1.");

    /// <summary>Reads a decimal number of tokens, such as "2.5", to the unit: digits and at most one point, which has digits on both sides.</summary>
    public static bool TryParseBtt(ReadOnlySpan<char> text, out TokenAmount amount)
    {
        // By digits, not by floating point: money is exact.
        amount = default;
        var dot = text.IndexOf('.');
        var whole = dot < 0 ? text : text[..dot];
        var fraction = dot < 0 ? [] : text[(dot + 1)..];
        return whole.Length > 0
            && fraction.Length <= Decimals
            && (dot < 0 || fraction.Length > 0)
            && TryParse($"{whole}{fraction}{new string('0', Decimals - fraction.Length)}", out amount);
    }

    /// <summary>The difference, or zero where it would be negative.</summary>
    public TokenAmount SubtractSaturating(TokenAmount other) => Units <= other.Units ? Zero : new TokenAmount(Units - other.Units);

    public int CompareTo(TokenAmount other) => Units.CompareTo(other.Units);

    /// <summary>The integer number of smallest units.</summary>
    public override string ToString() => Units.ToString(CultureInfo.InvariantCulture);

    /// <summary>The exact amount in tokens, such as "12.345 BTT".</summary>
    public string ToBtt()
    {
        var (whole, fraction) = UInt128.DivRem(Units, UnitsPerToken);
        if (fraction == 0)
        {
            return $"{whole} BTT";
        }

        var digits = fraction.ToString(CultureInfo.InvariantCulture).PadLeft(Decimals, '0').TrimEnd('0');
        return $"{whole}.{digits} BTT";
    }
}
