using System.Buffers.Binary;
using System.Numerics;
using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>A word of the virtual machine: 256 bits, arithmetic modulo 2^256.</summary>
internal readonly struct UInt256 : IEquatable<UInt256>, IComparable<UInt256>
{
    public const int Bytes = 32;

    private const int LimbBits = 64;
    private const int Bits = 256;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>From its four limbs, the least significant first.</summary>
    public UInt256(ulong a, ulong b, ulong c, ulong d)
    {
        _a = a;
        _b = b;
        _c = c;
        _d = d;
    }

    public static UInt256 Zero => default;

    public static UInt256 One => new(1, 0, 0, 0);

    public static UInt256 MaxValue => new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>The sign of the word as a number in two's complement.</summary>
    public bool IsNegative => (long)_d < 0;

    /// <summary>How many bits the number has without leading zeros.</summary>
    public int BitLength =>
        _d != 0 ? Bits - BitOperations.LeadingZeroCount(_d)
        : _c != 0 ? (3 * LimbBits) - BitOperations.LeadingZeroCount(_c)
        : _b != 0 ? (2 * LimbBits) - BitOperations.LeadingZeroCount(_b)
        : LimbBits - BitOperations.LeadingZeroCount(_a);

    public static implicit operator UInt256(ulong value) => new(value, 0, 0, 0);

    public static implicit operator UInt256(UInt128 value) => new((ulong)value, (ulong)(value >> LimbBits), 0, 0);

    public static bool operator ==(UInt256 left, UInt256 right) => left.Equals(right);

    public static bool operator !=(UInt256 left, UInt256 right) => !left.Equals(right);

    public static bool operator <(UInt256 left, UInt256 right) => left.CompareTo(right) < 0;

    public static bool operator >(UInt256 left, UInt256 right) => left.CompareTo(right) > 0;

    public static bool operator <=(UInt256 left, UInt256 right) => left.CompareTo(right) <= 0;

    public static bool operator >=(UInt256 left, UInt256 right) => left.CompareTo(right) >= 0;

    public static UInt256 operator &(UInt256 x, UInt256 y) => new(x._a & y._a, x._b & y._b, x._c & y._c, x._d & y._d);

    public static UInt256 operator |(UInt256 x, UInt256 y) => new(x._a | y._a, x._b | y._b, x._c | y._c, x._d | y._d);

    public static UInt256 operator ^(UInt256 x, UInt256 y) => new(x._a ^ y._a, x._b ^ y._b, x._c ^ y._c, x._d ^ y._d);

    public static UInt256 operator ~(UInt256 x) => new(~x._a, ~x._b, ~x._c, ~x._d);

    public static UInt256 operator +(UInt256 x, UInt256 y)
    {
        var a = (UInt128)x._a + y._a;
        var b = (UInt128)x._b + y._b + (a >> LimbBits);
        var c = (UInt128)x._c + y._c + (b >> LimbBits);
        return new UInt256((ulong)a, (ulong)b, (ulong)c, x._d + y._d + (ulong)(c >> LimbBits));
    }

    public static UInt256 operator -(UInt256 x) => ~x + One;

    public static UInt256 operator -(UInt256 x, UInt256 y) => x + -y;

    public static UInt256 operator *(UInt256 x, UInt256 y)
    {
        if ((x._b | x._c | x._d | y._b | y._c | y._d) == 0)
        {
            return (UInt128)x._a * y._a;
        }

        var carry = Math.BigMul(x._a, y._a, out var a);
        var (b, c, d) = (carry, 0ul, 0ul);
        c = MultiplyAdd(x._a, y._b, ref b);
        d = MultiplyAdd(x._a, y._c, ref c);
        d += x._a * y._d;
        var high = MultiplyAdd(x._b, y._a, ref b);
        c += high;
        d += c < high ? 1ul : 0;
        d += MultiplyAdd(x._b, y._b, ref c);
        d += MultiplyAdd(x._c, y._a, ref c);
        d += (x._b * y._c) + (x._c * y._b) + (x._d * y._a);
        return new UInt256(a, b, c, d);
    }

    /// <summary>Division as the machine does it: by zero it gives zero.</summary>
    public static UInt256 operator /(UInt256 x, UInt256 y)
    {
        if (y.IsZero || x < y)
        {
            return Zero;
        }

        return x.FitsUInt128 && y.FitsUInt128
            ? x.Low / y.Low
            : FromBigInteger(x.ToBigInteger() / y.ToBigInteger());
    }

    /// <summary>Remainder as the machine does it: by zero it gives zero.</summary>
    public static UInt256 operator %(UInt256 x, UInt256 y)
    {
        if (y.IsZero)
        {
            return Zero;
        }

        if (x < y)
        {
            return x;
        }

        return x.FitsUInt128 && y.FitsUInt128
            ? x.Low % y.Low
            : FromBigInteger(x.ToBigInteger() % y.ToBigInteger());
    }

    public static UInt256 operator <<(UInt256 x, int count)
    {
        if (count >= Bits)
        {
            return Zero;
        }

        var (limbs, bits) = (count / LimbBits, count % LimbBits);
        var moved = limbs switch
        {
            0 => x,
            1 => new UInt256(0, x._a, x._b, x._c),
            2 => new UInt256(0, 0, x._a, x._b),
            _ => new UInt256(0, 0, 0, x._a),
        };
        if (bits == 0)
        {
            return moved;
        }

        var rest = LimbBits - bits;
        return new UInt256(
            moved._a << bits, (moved._b << bits) | (moved._a >> rest), (moved._c << bits) | (moved._b >> rest),
            (moved._d << bits) | (moved._c >> rest));
    }

    public static UInt256 operator >>(UInt256 x, int count)
    {
        if (count >= Bits)
        {
            return Zero;
        }

        var (limbs, bits) = (count / LimbBits, count % LimbBits);
        var moved = limbs switch
        {
            0 => x,
            1 => new UInt256(x._b, x._c, x._d, 0),
            2 => new UInt256(x._c, x._d, 0, 0),
            _ => new UInt256(x._d, 0, 0, 0),
        };
        if (bits == 0)
        {
            return moved;
        }

        var rest = LimbBits - bits;
        return new UInt256(
            (moved._a >> bits) | (moved._b << rest), (moved._b >> bits) | (moved._c << rest), (moved._c >> bits) | (moved._d << rest),
            moved._d >> bits);
    }

    /// <summary>Reads at most 32 bytes, the most significant first.</summary>
    public static UInt256 FromBytes(ReadOnlySpan<byte> bigEndian)
    {
        Span<byte> word = stackalloc byte[Bytes];
        word.Clear();
        bigEndian.CopyTo(word[(Bytes - bigEndian.Length)..]);
        return new UInt256(
            BinaryPrimitives.ReadUInt64BigEndian(word[24..]), BinaryPrimitives.ReadUInt64BigEndian(word[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(word[8..]), BinaryPrimitives.ReadUInt64BigEndian(word));
    }

    public static UInt256 FromBytes(Bytes32 bytes) => FromBytes(bytes.Span);

    public static UInt256 FromAddress(TronAddress address) => FromBytes(address.Span);

    /// <summary>The number modulo 2^256; a negative one in two's complement.</summary>
    public static UInt256 FromBigInteger(BigInteger value)
    {
        value &= (BigInteger.One << Bits) - 1;
        Span<byte> word = stackalloc byte[Bytes + 1];
        value.TryWriteBytes(word, out var written, isUnsigned: true, isBigEndian: true);
        return FromBytes(word[..written]);
    }

    /// <summary>Reads 64 hexadecimal digits or fewer, with or without 0x in front.</summary>
    public static UInt256 Parse(string hex) =>
        FromBytes(Convert.FromHexString((hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex).PadLeft(2 * Bytes, '0')));

    /// <summary>Writes 32 bytes, the most significant first.</summary>
    public void WriteBytes(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _d);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _a);
    }

    public Bytes32 ToBytes32()
    {
        Span<byte> word = stackalloc byte[Bytes];
        WriteBytes(word);
        return new Bytes32(word);
    }

    /// <summary>The last 20 bytes.</summary>
    public TronAddress ToAddress()
    {
        Span<byte> word = stackalloc byte[Bytes];
        WriteBytes(word);
        return new TronAddress(word[^TronAddress.Length..]);
    }

    public BigInteger ToBigInteger()
    {
        Span<byte> word = stackalloc byte[Bytes];
        WriteBytes(word);
        return new BigInteger(word, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>The number if it is at most <paramref name="limit"/>.</summary>
    public bool TryGetWithin(long limit, out long value)
    {
        value = (long)_a;
        return (_b | _c | _d) == 0 && _a <= (ulong)limit;
    }

    /// <summary>The number, or <paramref name="limit"/> if it is larger.</summary>
    public long AtMost(long limit) => TryGetWithin(limit, out var value) ? value : limit;

    public bool Equals(UInt256 other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    public override bool Equals(object? obj) => obj is UInt256 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d);

    public int CompareTo(UInt256 other) =>
        _d != other._d ? _d.CompareTo(other._d)
        : _c != other._c ? _c.CompareTo(other._c)
        : _b != other._b ? _b.CompareTo(other._b)
        : _a.CompareTo(other._a);

    /// <summary>0x and 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => ToBytes32().ToString();

    private bool FitsUInt128 => (_c | _d) == 0;

    private UInt128 Low => new(_b, _a);

    /// <summary>sum += x * y; returns the carry. It cannot overflow: (2^64-1)^2 + 2^64-1 &lt; 2^128.</summary>
    private static ulong MultiplyAdd(ulong x, ulong y, ref ulong sum)
    {
        var high = Math.BigMul(x, y, out var low);
        sum += low;
        return high + (sum < low ? 1ul : 0);
    }
}
