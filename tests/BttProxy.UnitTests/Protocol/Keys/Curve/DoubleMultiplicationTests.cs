using System.Numerics;
using BttProxy.Protocol.Keys.Curve;
using CsCheck;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math.EC;
using Xunit;
using BouncyInteger = Org.BouncyCastle.Math.BigInteger;

namespace BttProxy.UnitTests.Protocol.Keys.Curve;

/// <summary>Against BouncyCastle's multiplication on its own curve.</summary>
public sealed class DoubleMultiplicationTests
{
    private static readonly ECPoint Generator = CustomNamedCurves.GetByName("secp256k1").G;

    private static readonly Gen<BigInteger> AnyScalar = Gen.OneOf(
        Gen.Byte.Array[32].Select(bytes => new BigInteger(bytes, isUnsigned: true, isBigEndian: true) % Scalar.Order),
        Gen.Int[0, 600].Select(small => new BigInteger(small)),
        Gen.Int[1, 600].Select(small => Scalar.Order - small),
        Gen.Int[0, 255].Select(bit => BigInteger.Pow(2, bit)));

    [Fact]
    public void Sum_IsBouncyCastles() =>
        Gen.Select(AnyScalar, AnyScalar, AnyScalar.Where(scalar => !scalar.IsZero)).Sample(
            (ofGenerator, ofPoint, multiple) => Compare(ofGenerator, ofPoint, multiple), iter: 300);

    // P = ±G and its small multiples make the chain meet equal and opposite points, and infinity on the way.
    [Fact]
    public void SumOfRelatedPoints_IsBouncyCastles()
    {
        for (var multiple = 1; multiple <= 5; multiple++)
        {
            for (var a = 0; a <= 12; a++)
            {
                for (var b = 0; b <= 12; b++)
                {
                    Compare(a, b, multiple);
                    Compare(a, b, Scalar.Order - multiple);
                    Compare(Scalar.Order - a - 1, b, multiple);
                }
            }
        }
    }

    [Fact]
    public void SplitScalar_ComesTogetherAgain()
    {
        var lambda = BigInteger.Parse("05363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72", System.Globalization.NumberStyles.HexNumber, null);
        AnyScalar.Sample(scalar =>
        {
            var split = SplitScalar.From(scalar);
            var low = split.LowIsNegative ? -(BigInteger)split.Low : split.Low;
            var high = split.HighIsNegative ? -(BigInteger)split.High : split.High;
            Assert.True(((low + (lambda * high) - scalar) % Scalar.Order).IsZero);
            // Recoding adds less than one window to what is left: it must not wrap.
            Assert.True(UInt128.Max(split.Low, split.High) < UInt128.MaxValue - 256);
        });
    }

    private static void Compare(BigInteger ofGenerator, BigInteger ofPoint, BigInteger multiple)
    {
        var point = Generator.Multiply(Bouncy(multiple)).Normalize();
        var expected = Generator.Multiply(Bouncy(ofGenerator)).Add(point.Multiply(Bouncy(ofPoint))).Normalize();
        var actual = DoubleMultiplication.Sum(
            ofGenerator, ofPoint, new AffinePoint(FieldElement.Read(point.AffineXCoord.GetEncoded()), FieldElement.Read(point.AffineYCoord.GetEncoded())));
        Assert.Equal(expected.IsInfinity, actual.IsInfinity);
        if (!actual.IsInfinity)
        {
            var bytes = new byte[64];
            var affine = actual.ToAffine();
            affine.X.Write(bytes);
            affine.Y.Write(bytes.AsSpan(32));
            Assert.Equal(expected.GetEncoded(false)[1..], bytes);
        }
    }

    private static BouncyInteger Bouncy(BigInteger value) => new(1, value.ToByteArray(isUnsigned: true, isBigEndian: true));
}
