using BttProxy.Protocol.Keys;
using CsCheck;
using Org.BouncyCastle.Math;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Keys;

public sealed class FieldElementTests
{
    [Fact]
    public void Operations_AreThoseOfIntegersModuloP() =>
        Gen.Select(Curve.Number, Curve.Number).Sample(
            (a, b) =>
            {
                var (x, y) = (Curve.Field(a), Curve.Field(b));
                Assert.Equal(a.Mod(Curve.P), Curve.Number256(x));
                Assert.Equal(a.Add(b).Mod(Curve.P), Curve.Number256(x + y));
                Assert.Equal(a.Subtract(b).Mod(Curve.P), Curve.Number256(x - y));
                Assert.Equal(a.Multiply(b).Mod(Curve.P), Curve.Number256(x * y));
                Assert.Equal(a.Multiply(a).Mod(Curve.P), Curve.Number256(x.Square()));
                Assert.Equal(x * x, x.Square());
                Assert.Equal(x + x, x.Twice());
                Assert.Equal(a.Mod(Curve.P).SignValue == 0, x.IsZero);
                Assert.Equal(a.Mod(Curve.P).TestBit(0), x.IsOdd);
                Assert.Equal(a.Subtract(b).Mod(Curve.P).SignValue == 0, x == y);
                Assert.True((x - x).IsZero);
            },
            iter: 100_000, threads: 1);

    // Such products carry through all limbs when their high half is folded; by chance one in 2^189 does.
    [Fact]
    public void ProductsCongruentToSmallNumbers_AreReducedWhole() =>
        Gen.Select(Gen.Byte.Array[32].Select(bytes => Curve.Field(new BigInteger(1, bytes))), Gen.Long[1, long.MaxValue]).Sample(
            (factor, number) =>
            {
                var small = Curve.Field(BigInteger.ValueOf(number));
                Assert.Equal(small, factor * (small * factor.Invert()));
            },
            iter: 1_000, threads: 1);

    [Fact]
    public void Inverses_MakeOne() =>
        Curve.Number.Where(number => number.Mod(Curve.P).SignValue != 0).Array[1, 8].Sample(
            numbers =>
            {
                var elements = Array.ConvertAll(numbers, Curve.Field);
                var inverses = (FieldElement[])elements.Clone();
                FieldElement.InvertAll(inverses);
                for (var i = 0; i < elements.Length; i++)
                {
                    Assert.Equal(FieldElement.One, elements[i] * inverses[i]);
                    Assert.Equal(elements[i].Invert(), inverses[i]);
                }
            },
            iter: 1_000, threads: 1);

    [Fact]
    public void Zero_HasNoInverse() => Assert.Throws<ArithmeticException>(() => Curve.Field(Curve.P).Invert());
}
