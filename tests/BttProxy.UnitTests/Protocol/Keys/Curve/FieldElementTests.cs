using System.Numerics;
using BttProxy.Protocol.Keys.Curve;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Keys.Curve;

/// <summary>Against integers of arbitrary size, with values around 0, p and 2^256 as often as random ones.</summary>
public sealed class FieldElementTests
{
    private static readonly BigInteger Prime = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977;

    private static readonly Gen<BigInteger> Value = Gen.OneOf(
        Gen.Byte.Array[32].Select(bytes => new BigInteger(bytes, isUnsigned: true, isBigEndian: true)),
        Gen.Int[0, 2000].Select(small => new BigInteger(small)),
        Gen.Int[-2000, 2000].Select(near => Prime + near),
        Gen.Int[1, 2000].Select(near => BigInteger.Pow(2, 256) - near),
        Gen.Select(Gen.Int[0, 255], Gen.Bool).Select((bit, minus) => BigInteger.Pow(2, bit) - (minus ? 1 : 0)));

    [Fact]
    public void Arithmetic_IsThatOfIntegersModuloP() =>
        Gen.Select(Value, Value).Sample(
            (a, b) =>
            {
                var (x, y) = (Element(a), Element(b));
                Assert.Equal((a + b) % Prime, Integer(x + y));
                Assert.Equal((a * b) % Prime, Integer(x * y));
                Assert.Equal(((a - b) % Prime + Prime) % Prime, Integer(x - y));
                Assert.Equal((Prime - (a % Prime)) % Prime, Integer(-x));
                Assert.Equal(a * a % Prime, Integer(x.Square()));
                Assert.Equal(2 * a % Prime, Integer(x.Double()));
                Assert.Equal(a % Prime, Integer(x));
                Assert.Equal(a % Prime == 0, x.IsZero);
            },
            iter: 20_000);

    [Fact]
    public void InverseAndRoot_AreThoseOfIntegersModuloP() =>
        Value.Sample(
            a =>
            {
                var x = Element(a);
                Assert.Equal(BigInteger.ModPow(a, Prime - 2, Prime), Integer(x.Invert()));
                var isSquare = a % Prime == 0 || BigInteger.ModPow(a, (Prime - 1) / 2, Prime) == 1;
                Assert.Equal(isSquare, x.TrySquareRoot(out var root));
                Assert.True(!isSquare || Integer(root.Square()) == a % Prime);
            },
            iter: 300);

    internal static FieldElement Element(BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[32];
        bytes.Clear();
        value.TryWriteBytes(bytes[(32 - value.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
        return FieldElement.Read(bytes);
    }

    private static BigInteger Integer(FieldElement element)
    {
        Span<byte> bytes = stackalloc byte[32];
        element.Normalize().Write(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }
}
