using BttProxy.Protocol.Keys;
using CsCheck;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Utilities;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Keys;

/// <summary>BouncyCastle's secp256k1, against which our own arithmetic is held, and numbers at the edges of limbs, p and n.</summary>
internal static class Curve
{
    private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByName("secp256k1");

    // 0x1000003D1 is 2^256 - p.
    private static readonly ulong[] EdgeLimbs =
        [0, 1, 2, 0x1_0000_03D0, 0x1_0000_03D1, 1UL << 63, ~0x1_0000_03D1UL, ~0x1_0000_03D0UL, ~0x1_0000_03CFUL, ~1UL, ~0UL];

    public static BigInteger P { get; } = Parameters.Curve.Field.Characteristic;

    public static BigInteger N { get; } = Parameters.N;

    public static ECPoint G { get; } = Parameters.G;

    /// <summary>Any number below 2^256, those with extreme limbs and those about p and n often.</summary>
    public static Gen<BigInteger> Number { get; } = Gen.OneOf(
        Gen.Byte.Array[32].Select(bytes => new BigInteger(1, bytes)),
        Gen.OneOf(OneOf(EdgeLimbs), Gen.ULong).Array[4].Select(limbs =>
            limbs.Aggregate(BigInteger.Zero, (sum, limb) => sum.ShiftLeft(64).Or(new BigInteger($"{limb:x}", 16)))),
        Gen.Select(OneOf(BigInteger.Zero, P, N, N.ShiftRight(1)), Gen.Int[-3, 3]).Select((about, offset) =>
            about.Add(BigInteger.ValueOf(offset)).Mod(BigInteger.One.ShiftLeft(256))),
        Gen.Int[0, 255].Select(BigInteger.One.ShiftLeft));

    public static byte[] Bytes(BigInteger number) => BigIntegers.AsUnsignedByteArray(32, number);

    public static FieldElement Field(BigInteger number) => FieldElement.FromBytes(Bytes(number));

    public static BigInteger Number256(in FieldElement element)
    {
        var bytes = new byte[32];
        element.CopyTo(bytes);
        return new BigInteger(1, bytes);
    }

    public static AffinePoint Affine(ECPoint point) => AffinePoint.FromBytes(point.Normalize().GetEncoded(compressed: false).AsSpan(1));

    /// <summary>The same point with a Z other than one.</summary>
    public static JacobianPoint Jacobian(ECPoint point)
    {
        var half = point.Multiply(BigInteger.Two.ModInverse(N));
        var jacobian = new JacobianPoint(Affine(half));
        jacobian.Double();
        return jacobian;
    }

    public static void AssertEqual(ECPoint expected, in JacobianPoint actual)
    {
        Assert.Equal(expected.IsInfinity, actual.IsInfinity);
        if (expected.IsInfinity)
        {
            return;
        }

        var normal = actual.Normalize(actual.Z.Invert());
        expected = expected.Normalize();
        Assert.Equal(expected.AffineXCoord.ToBigInteger(), Number256(normal.X));
        Assert.Equal(expected.AffineYCoord.ToBigInteger(), Number256(normal.Y));
        Assert.True(actual.HasX(normal.X));
        Assert.False(actual.HasX(normal.X + FieldElement.One));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
