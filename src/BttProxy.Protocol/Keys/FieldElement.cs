using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Utilities;

namespace BttProxy.Protocol.Keys;

/// <summary>
/// An integer modulo p = 2^256 - 2^32 - 977, the field of secp256k1's coordinates; always the least representative, so equal values have
/// equal limbs. For checks of public data only: its time depends on its values, so nothing that is computed from a private key may go
/// through it.
/// </summary>
internal readonly record struct FieldElement
{
    // 2^256 modulo p: what lies above 256 bits is folded back as a multiple of this.
    private const ulong Fold = 0x1_0000_03D1;

    // The lowest limb of p; its others are all ones.
    private const ulong LowestOfP = ulong.MaxValue - Fold + 1;

    private static readonly BigInteger P = BigInteger.Two.Pow(256).Subtract(BigInteger.ValueOf((long)Fold));

    // The least significant limb first.
    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;

    private FieldElement(ulong l0, ulong l1, ulong l2, ulong l3) => (_0, _1, _2, _3) = (l0, l1, l2, l3);

    public static FieldElement One { get; } = new(1, 0, 0, 0);

    public bool IsZero => (_0 | _1 | _2 | _3) == 0;

    public bool IsOdd => (_0 & 1) != 0;

    public static FieldElement operator +(in FieldElement a, in FieldElement b)
    {
        ulong carry = 0;
        var l0 = Limb.Add(a._0, b._0, ref carry);
        var l1 = Limb.Add(a._1, b._1, ref carry);
        var l2 = Limb.Add(a._2, b._2, ref carry);
        var l3 = Limb.Add(a._3, b._3, ref carry);
        // Above 2^256, which is random and so no branch. A carry out of the lowest limb is rare, and none leaves the highest.
        var excess = (0 - carry) & Fold;
        l0 += excess;
        if (l0 < excess && ++l1 == 0 && ++l2 == 0)
        {
            l3++;
        }

        return Reduce(l0, l1, l2, l3);
    }

    public static FieldElement operator -(in FieldElement a, in FieldElement b)
    {
        ulong borrow = 0;
        var l0 = Limb.Subtract(a._0, b._0, ref borrow);
        var l1 = Limb.Subtract(a._1, b._1, ref borrow);
        var l2 = Limb.Subtract(a._2, b._2, ref borrow);
        var l3 = Limb.Subtract(a._3, b._3, ref borrow);
        // Below zero, 2^256 was borrowed where p was due.
        var excess = (0 - borrow) & Fold;
        if (l0 < excess && l1-- == 0 && l2-- == 0)
        {
            l3--;
        }

        return new(l0 - excess, l1, l2, l3);
    }

    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        ulong h0 = 0, h1 = 0, h2 = 0, h3 = 0;
        var l0 = Limb.MultiplyAdd(a._0, b._0, 0, ref h0);
        var l1 = Limb.MultiplyAdd(a._1, b._0, 0, ref h0);
        var l2 = Limb.MultiplyAdd(a._2, b._0, 0, ref h0);
        var l3 = Limb.MultiplyAdd(a._3, b._0, 0, ref h0);
        l1 = Limb.MultiplyAdd(a._0, b._1, l1, ref h1);
        l2 = Limb.MultiplyAdd(a._1, b._1, l2, ref h1);
        l3 = Limb.MultiplyAdd(a._2, b._1, l3, ref h1);
        h0 = Limb.MultiplyAdd(a._3, b._1, h0, ref h1);
        l2 = Limb.MultiplyAdd(a._0, b._2, l2, ref h2);
        l3 = Limb.MultiplyAdd(a._1, b._2, l3, ref h2);
        h0 = Limb.MultiplyAdd(a._2, b._2, h0, ref h2);
        h1 = Limb.MultiplyAdd(a._3, b._2, h1, ref h2);
        l3 = Limb.MultiplyAdd(a._0, b._3, l3, ref h3);
        h0 = Limb.MultiplyAdd(a._1, b._3, h0, ref h3);
        h1 = Limb.MultiplyAdd(a._2, b._3, h1, ref h3);
        h2 = Limb.MultiplyAdd(a._3, b._3, h2, ref h3);
        return FoldHigh(l0, l1, l2, l3, h0, h1, h2, h3);
    }

    /// <param name="bytes">32, big-endian; p and above stand for what they leave when divided by p.</param>
    public static FieldElement FromBytes(ReadOnlySpan<byte> bytes) =>
        Reduce(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes));

    /// <summary>Replaces each by its inverse, at three products each and one inversion. None may be zero.</summary>
    public static void InvertAll(Span<FieldElement> elements)
    {
        var products = new FieldElement[elements.Length];
        var product = One;
        for (var i = 0; i < elements.Length; i++)
        {
            products[i] = product;
            product *= elements[i];
        }

        var inverse = product.Invert();
        for (var i = elements.Length - 1; i >= 0; i--)
        {
            (elements[i], inverse) = (inverse * products[i], inverse * elements[i]);
        }
    }

    /// <summary>The products of different limbs are made once and doubled.</summary>
    public FieldElement Square()
    {
        ulong h0 = 0, h1 = 0, h2 = 0, carry = 0;
        var l1 = Limb.MultiplyAdd(_0, _1, 0, ref h0);
        var l2 = Limb.MultiplyAdd(_0, _2, 0, ref h0);
        var l3 = Limb.MultiplyAdd(_0, _3, 0, ref h0);
        l3 = Limb.MultiplyAdd(_1, _2, l3, ref h1);
        h0 = Limb.MultiplyAdd(_1, _3, h0, ref h1);
        h1 = Limb.MultiplyAdd(_2, _3, h1, ref h2);
        var h3 = h2 >> 63;
        (h2, h1, h0) = ((h2 << 1) | (h1 >> 63), (h1 << 1) | (h0 >> 63), (h0 << 1) | (l3 >> 63));
        (l3, l2, l1) = ((l3 << 1) | (l2 >> 63), (l2 << 1) | (l1 >> 63), l1 << 1);

        var high = Limb.Multiply(_0, _0, out var l0);
        l1 = Limb.Add(l1, high, ref carry);
        high = Limb.Multiply(_1, _1, out var low);
        l2 = Limb.Add(l2, low, ref carry);
        l3 = Limb.Add(l3, high, ref carry);
        high = Limb.Multiply(_2, _2, out low);
        h0 = Limb.Add(h0, low, ref carry);
        h1 = Limb.Add(h1, high, ref carry);
        high = Limb.Multiply(_3, _3, out low);
        h2 = Limb.Add(h2, low, ref carry);
        h3 = Limb.Add(h3, high, ref carry);
        return FoldHigh(l0, l1, l2, l3, h0, h1, h2, h3);
    }

    public FieldElement Twice() => this + this;

    /// <exception cref="ArithmeticException">Zero has none.</exception>
    public FieldElement Invert()
    {
        Span<byte> bytes = stackalloc byte[32];
        CopyTo(bytes);
        BigIntegers.AsUnsignedByteArray(BigIntegers.ModOddInverseVar(P, new BigInteger(1, bytes)), bytes);
        return FromBytes(bytes);
    }

    /// <summary>Writes 32 bytes, big-endian.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _2);
        BinaryPrimitives.WriteUInt64BigEndian(destination, _3);
    }

    /// <summary>Of a product, l + 2^256 h.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement FoldHigh(ulong l0, ulong l1, ulong l2, ulong l3, ulong h0, ulong h1, ulong h2, ulong h3)
    {
        // The high half folded once leaves fewer than 34 bits above 256; these folded seldom carry beyond two limbs.
        ulong above = 0, carry = 0;
        l0 = Limb.MultiplyAdd(h0, Fold, l0, ref above);
        l1 = Limb.MultiplyAdd(h1, Fold, l1, ref above);
        l2 = Limb.MultiplyAdd(h2, Fold, l2, ref above);
        l3 = Limb.MultiplyAdd(h3, Fold, l3, ref above);
        l0 = Limb.MultiplyAdd(above, Fold, l0, ref carry);
        l1 += carry;
        if (l1 < carry && ++l2 == 0 && ++l3 == 0)
        {
            l0 += Fold;
            l1 += l0 < Fold ? 1UL : 0;
        }

        return Reduce(l0, l1, l2, l3);
    }

    /// <summary>Takes p away from a value that is not below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Reduce(ulong l0, ulong l1, ulong l2, ulong l3)
    {
        if ((l1 & l2 & l3) == ulong.MaxValue && l0 >= LowestOfP)
        {
            l0 -= LowestOfP;
            l1 = l2 = l3 = 0;
        }

        return new(l0, l1, l2, l3);
    }
}
