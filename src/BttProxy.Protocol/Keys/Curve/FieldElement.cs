using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace BttProxy.Protocol.Keys.Curve;

/// <summary>
/// An integer modulo p = 2^256 - 2^32 - 977, in four 64-bit limbs, the lowest first. Any value below 2^256 stands for its
/// remainder; <see cref="Normalize"/> makes it unique. Running time depends on values: for public data only.
/// </summary>
internal readonly struct FieldElement(ulong n0, ulong n1, ulong n2, ulong n3)
{
    public const int Length = 32;

    /// <summary>2^256 - p: what a carry out of the top limb is worth.</summary>
    private const ulong Fold = 0x1000003D1;

    private readonly ulong _n0 = n0;
    private readonly ulong _n1 = n1;
    private readonly ulong _n2 = n2;
    private readonly ulong _n3 = n3;

    public static FieldElement One => new(1, 0, 0, 0);

    public static FieldElement Seven => new(7, 0, 0, 0);

    /// <summary>Only of a normalized element.</summary>
    public bool IsOdd => (_n0 & 1) != 0;

    public bool IsZero
    {
        get
        {
            var value = Normalize();
            return (value._n0 | value._n1 | value._n2 | value._n3) == 0;
        }
    }

    public static FieldElement Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes));

    /// <summary>Writes a normalized element, big-endian.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _n3);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _n2);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], _n1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], _n0);
    }

    public static FieldElement operator +(in FieldElement left, in FieldElement right)
    {
        var n0 = Add(left._n0, right._n0, 0, out var carry);
        var n1 = Add(left._n1, right._n1, carry, out carry);
        var n2 = Add(left._n2, right._n2, carry, out carry);
        var n3 = Add(left._n3, right._n3, carry, out carry);
        return AddFold(n0, n1, n2, n3, carry);
    }

    public static FieldElement operator -(in FieldElement left, in FieldElement right)
    {
        var n0 = Subtract(left._n0, right._n0, 0, out var borrow);
        var n1 = Subtract(left._n1, right._n1, borrow, out borrow);
        var n2 = Subtract(left._n2, right._n2, borrow, out borrow);
        var n3 = Subtract(left._n3, right._n3, borrow, out borrow);

        // A borrow added 2^256, which is worth Fold; taking that away can borrow once more, and then no further.
        while (borrow != 0)
        {
            n0 = Subtract(n0, Fold, 0, out borrow);
            n1 = Subtract(n1, 0, borrow, out borrow);
            n2 = Subtract(n2, 0, borrow, out borrow);
            n3 = Subtract(n3, 0, borrow, out borrow);
        }

        return new FieldElement(n0, n1, n2, n3);
    }

    public static FieldElement operator -(in FieldElement value) => default(FieldElement) - value;

    public static FieldElement operator *(in FieldElement left, in FieldElement right)
    {
        // Schoolbook, one row per limb of the left factor.
        ulong carry = 0;
        var r0 = MultiplyAdd(left._n0, right._n0, 0, ref carry);
        var r1 = MultiplyAdd(left._n0, right._n1, 0, ref carry);
        var r2 = MultiplyAdd(left._n0, right._n2, 0, ref carry);
        var r3 = MultiplyAdd(left._n0, right._n3, 0, ref carry);
        var r4 = carry;
        carry = 0;
        r1 = MultiplyAdd(left._n1, right._n0, r1, ref carry);
        r2 = MultiplyAdd(left._n1, right._n1, r2, ref carry);
        r3 = MultiplyAdd(left._n1, right._n2, r3, ref carry);
        r4 = MultiplyAdd(left._n1, right._n3, r4, ref carry);
        var r5 = carry;
        carry = 0;
        r2 = MultiplyAdd(left._n2, right._n0, r2, ref carry);
        r3 = MultiplyAdd(left._n2, right._n1, r3, ref carry);
        r4 = MultiplyAdd(left._n2, right._n2, r4, ref carry);
        r5 = MultiplyAdd(left._n2, right._n3, r5, ref carry);
        var r6 = carry;
        carry = 0;
        r3 = MultiplyAdd(left._n3, right._n0, r3, ref carry);
        r4 = MultiplyAdd(left._n3, right._n1, r4, ref carry);
        r5 = MultiplyAdd(left._n3, right._n2, r5, ref carry);
        r6 = MultiplyAdd(left._n3, right._n3, r6, ref carry);
        var r7 = carry;

        return Reduce(r0, r1, r2, r3, r4, r5, r6, r7);
    }

    public FieldElement Square()
    {
        // The products of two different limbs once, doubled by a shift, then the squares.
        ulong carry = 0;
        var r1 = MultiplyAdd(_n0, _n1, 0, ref carry);
        var r2 = MultiplyAdd(_n0, _n2, 0, ref carry);
        var r3 = MultiplyAdd(_n0, _n3, 0, ref carry);
        var r4 = carry;
        carry = 0;
        r3 = MultiplyAdd(_n1, _n2, r3, ref carry);
        r4 = MultiplyAdd(_n1, _n3, r4, ref carry);
        var r5 = carry;
        carry = 0;
        r5 = MultiplyAdd(_n2, _n3, r5, ref carry);
        var r6 = carry;
        var r7 = r6 >> 63;
        r6 = (r6 << 1) | (r5 >> 63);
        r5 = (r5 << 1) | (r4 >> 63);
        r4 = (r4 << 1) | (r3 >> 63);
        r3 = (r3 << 1) | (r2 >> 63);
        r2 = (r2 << 1) | (r1 >> 63);
        r1 <<= 1;
        r1 = Add(r1, MultiplyHigh(_n0, _n0), 0, out carry);
        r2 = Add(r2, _n1 * _n1, carry, out carry);
        r3 = Add(r3, MultiplyHigh(_n1, _n1), carry, out carry);
        r4 = Add(r4, _n2 * _n2, carry, out carry);
        r5 = Add(r5, MultiplyHigh(_n2, _n2), carry, out carry);
        r6 = Add(r6, _n3 * _n3, carry, out carry);
        r7 += MultiplyHigh(_n3, _n3) + carry;
        return Reduce(_n0 * _n0, r1, r2, r3, r4, r5, r6, r7);
    }

    public FieldElement Double() => this + this;

    /// <summary>The representative below p.</summary>
    public FieldElement Normalize()
    {
        // value >= p exactly when value + Fold carries out of 256 bits.
        var n0 = Add(_n0, Fold, 0, out var carry);
        var n1 = Add(_n1, 0, carry, out carry);
        var n2 = Add(_n2, 0, carry, out carry);
        var n3 = Add(_n3, 0, carry, out carry);
        return carry != 0 ? new FieldElement(n0, n1, n2, n3) : this;
    }

    /// <summary>1 / value, by Fermat: value^(p-2). Zero gives zero.</summary>
    public FieldElement Invert()
    {
        // p - 2 = (2^223 - 1) · 2^33 + 0xFFFFFC2D: a run of 223 ones, then 0 1111... of the low 33 bits.
        var x2 = Repeat(1) * this;
        var x3 = x2.Repeat(1) * this;
        var x22 = Ones22(x2, x3, out var x223);
        var result = x223.Repeat(23) * x22;
        result = result.Repeat(5) * this;
        result = result.Repeat(3) * x2;
        return result.Repeat(2) * this;
    }

    /// <summary>A square root, or false where there is none: value^((p+1)/4), since p = 3 mod 4.</summary>
    public bool TrySquareRoot(out FieldElement root)
    {
        var x2 = Repeat(1) * this;
        var x3 = x2.Repeat(1) * this;
        var x22 = Ones22(x2, x3, out var x223);
        root = x223.Repeat(23) * x22;
        root = root.Repeat(6) * x2;
        root = root.Repeat(2).Normalize();
        return (root.Square() - this).IsZero;
    }

    // Exponents of 22 and of 223 binary ones, the runs that both p - 2 and (p + 1) / 4 begin with.
    private static FieldElement Ones22(in FieldElement x2, in FieldElement x3, out FieldElement x223)
    {
        var x6 = x3.Repeat(3) * x3;
        var x9 = x6.Repeat(3) * x3;
        var x11 = x9.Repeat(2) * x2;
        var x22 = x11.Repeat(11) * x11;
        var x44 = x22.Repeat(22) * x22;
        var x88 = x44.Repeat(44) * x44;
        var x176 = x88.Repeat(88) * x88;
        var x220 = x176.Repeat(44) * x44;
        x223 = x220.Repeat(3) * x3;
        return x22;
    }

    private FieldElement Repeat(int squarings)
    {
        var value = this;
        for (; squarings > 0; squarings--)
        {
            value = value.Square();
        }

        return value;
    }

    /// <summary>512 bits modulo p, not normalized.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Reduce(
        ulong r0, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5, ulong r6, ulong r7)
    {
        // The upper half is worth Fold times itself; what that carries is below 2^34 and is folded once more.
        ulong carry = 0;
        r0 = MultiplyAdd(r4, Fold, r0, ref carry);
        r1 = MultiplyAdd(r5, Fold, r1, ref carry);
        r2 = MultiplyAdd(r6, Fold, r2, ref carry);
        r3 = MultiplyAdd(r7, Fold, r3, ref carry);
        var high = MultiplyHigh(carry, Fold);
        r0 = Add(r0, carry * Fold, 0, out carry);
        r1 = Add(r1, high, carry, out carry);
        r2 = Add(r2, 0, carry, out carry);
        r3 = Add(r3, 0, carry, out carry);
        return AddFold(r0, r1, r2, r3, carry);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement AddFold(ulong n0, ulong n1, ulong n2, ulong n3, ulong carry)
    {
        // Twice at most: after a carry the rest is so small that the second fold cannot carry again.
        while (carry != 0)
        {
            n0 = Add(n0, Fold, 0, out carry);
            n1 = Add(n1, 0, carry, out carry);
            n2 = Add(n2, 0, carry, out carry);
            n3 = Add(n3, 0, carry, out carry);
        }

        return new FieldElement(n0, n1, n2, n3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Add(ulong left, ulong right, ulong carry, out ulong carryOut)
    {
        var sum = left + right;
        var first = sum < left ? 1UL : 0;
        var total = sum + carry;
        carryOut = first + (total < sum ? 1UL : 0);
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Subtract(ulong left, ulong right, ulong borrow, out ulong borrowOut)
    {
        var difference = left - right;
        var first = left < right ? 1UL : 0;
        var total = difference - borrow;
        borrowOut = first + (difference < borrow ? 1UL : 0);
        return total;
    }

    // Two multiplications beat one with two results: that one goes through memory (measured on .NET 10, x64).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyHigh(ulong left, ulong right) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(left, right) : Math.BigMul(left, right, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyAdd(ulong left, ulong right, ulong add, ref ulong carry)
    {
        var high = MultiplyHigh(left, right);
        var low = left * right;
        low += add;
        high += low < add ? 1UL : 0;
        low += carry;
        high += low < carry ? 1UL : 0;
        carry = high;
        return low;
    }
}
