namespace BttProxy.Devnet.Chain.Vm;

/// <summary>Operations on words that the machine has and <see cref="UInt256"/> as a number has not.</summary>
internal static class WordArithmetic
{
    private static UInt256 Lowest => UInt256.One << 255;

    public static UInt256 AddModulo(UInt256 x, UInt256 y, UInt256 modulus)
    {
        if (modulus.IsZero)
        {
            return UInt256.Zero;
        }

        var sum = x + y;
        return sum >= x ? sum % modulus : UInt256.FromBigInteger((x.ToBigInteger() + y.ToBigInteger()) % modulus.ToBigInteger());
    }

    public static UInt256 MultiplyModulo(UInt256 x, UInt256 y, UInt256 modulus)
    {
        if (modulus.IsZero)
        {
            return UInt256.Zero;
        }

        return x.BitLength + y.BitLength <= 256
            ? x * y % modulus
            : UInt256.FromBigInteger(x.ToBigInteger() * y.ToBigInteger() % modulus.ToBigInteger());
    }

    public static UInt256 Power(UInt256 x, UInt256 exponent)
    {
        var power = UInt256.One;
        for (var bit = exponent.BitLength - 1; bit >= 0; bit--)
        {
            power *= power;
            if (!((exponent >> bit) & UInt256.One).IsZero)
            {
                power *= x;
            }
        }

        return power;
    }

    /// <summary>Truncates towards zero; -2^255 / -1 is -2^255.</summary>
    public static UInt256 SignedDivide(UInt256 x, UInt256 y)
    {
        var quotient = Magnitude(x) / Magnitude(y);
        return x.IsNegative == y.IsNegative ? quotient : -quotient;
    }

    /// <summary>Takes the sign of the dividend.</summary>
    public static UInt256 SignedRemainder(UInt256 x, UInt256 y)
    {
        var remainder = Magnitude(x) % Magnitude(y);
        return x.IsNegative ? -remainder : remainder;
    }

    // Turning the sign bit maps the order of signed numbers to that of unsigned ones.
    public static bool SignedLess(UInt256 x, UInt256 y) => (x ^ Lowest) < (y ^ Lowest);

    /// <summary>Copies the sign bit of byte <paramref name="index"/>, counted from the least significant, to all bits above it.</summary>
    public static UInt256 SignExtend(UInt256 index, UInt256 value)
    {
        if (!index.TryGetWithin(30, out var i))
        {
            return value;
        }

        var above = 256 - (((int)i + 1) * 8);
        return ShiftRightSigned(value << above, (ulong)above);
    }

    /// <summary>Byte <paramref name="index"/>, counted from the most significant.</summary>
    public static UInt256 ByteAt(UInt256 index, UInt256 value) =>
        index.TryGetWithin(31, out var i) ? (value >> ((31 - (int)i) * 8)) & 0xFF : UInt256.Zero;

    public static UInt256 ShiftLeft(UInt256 count, UInt256 value) => value << (int)count.AtMost(256);

    public static UInt256 ShiftRight(UInt256 count, UInt256 value) => value >> (int)count.AtMost(256);

    public static UInt256 ShiftRightSigned(UInt256 value, UInt256 count)
    {
        var bits = (int)count.AtMost(256);
        return value.IsNegative ? ~(~value >> bits) : value >> bits;
    }

    /// <summary>32-byte words that hold so many bytes.</summary>
    public static long Words(long bytes) => (bytes + 31) / 32;

    /// <summary>Bytes of a number without leading zeros; none for zero.</summary>
    public static int ByteLength(UInt256 value) => (value.BitLength + 7) / 8;

    private static UInt256 Magnitude(UInt256 x) => x.IsNegative ? -x : x;
}
