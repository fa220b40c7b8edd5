using BttProxy.Protocol.Keys;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Keys;

public sealed class JacobianPointTests
{
    [Fact]
    public void SumsAndDoubles_AreThoseOfTheReference() =>
        Gen.Select(Curve.Number, Curve.Number).Where((a, b) => b.Mod(Curve.N).SignValue != 0).Sample(
            (a, b) =>
            {
                var (p, q) = (Curve.G.Multiply(a), Curve.G.Multiply(b));
                var sum = p.IsInfinity ? default : Curve.Jacobian(p);
                sum.Add(Curve.Affine(q));
                Curve.AssertEqual(p.Add(q), sum);
                sum.Double();
                Curve.AssertEqual(p.Add(q).Twice(), sum);
            },
            iter: 300, threads: 1);

    [Fact]
    public void EqualOppositeAndInfinitePoints_AreAddedRight() =>
        Curve.Number.Where(number => number.Mod(Curve.N).SignValue != 0).Sample(
            number =>
            {
                var p = Curve.G.Multiply(number);
                foreach (var start in (JacobianPoint[])[new JacobianPoint(Curve.Affine(p)), Curve.Jacobian(p)])
                {
                    var (doubled, gone) = (start, start);
                    doubled.Add(Curve.Affine(p));
                    Curve.AssertEqual(p.Twice(), doubled);
                    gone.Add(Curve.Affine(p.Negate()));
                    Assert.True(gone.IsInfinity);
                    Assert.False(gone.HasX(default));
                    gone.Double();
                    Assert.True(gone.IsInfinity);
                    gone.Add(Curve.Affine(p));
                    Curve.AssertEqual(p, gone);
                }
            },
            iter: 100, threads: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(12)]
    public void Table_GivesEveryMultiple(int width)
    {
        var point = Curve.G.Multiply(Org.BouncyCastle.Math.BigInteger.ValueOf(0x1234_5678_9ABC));
        var table = new FixedPointTable(Curve.Affine(point), width);
        Curve.Number.Sample(
            scalar =>
            {
                var sum = default(JacobianPoint);
                for (var step = table.Steps - 1; step >= 0; step--)
                {
                    sum.Double();
                    table.AddTo(ref sum, Curve.Bytes(scalar), step);
                }

                Curve.AssertEqual(point.Multiply(scalar.Mod(Curve.N)), sum);
            },
            iter: 200, threads: 1);
    }
}
