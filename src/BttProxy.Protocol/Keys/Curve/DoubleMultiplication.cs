using System.Numerics;

namespace BttProxy.Protocol.Keys.Curve;

/// <summary>
/// a·G + b·P in one pass: both scalars split in halves, four windowed non-adjacent forms, one chain of 128 doublings.
/// </summary>
internal static class DoubleMultiplication
{
    private const int MaxDigits = 130;

    // G's table is made once, so it may be large: 64 odd multiples, for windows of 8 bits. P's costs time at every call.
    private const int GeneratorWindow = 8;
    private const int PointWindow = 5;
    private const int GeneratorTable = 1 << (GeneratorWindow - 2);
    private const int PointTable = 1 << (PointWindow - 2);

    private static readonly AffinePoint[] Generator = new AffinePoint[GeneratorTable];
    private static readonly AffinePoint[] GeneratorTimesLambda = new AffinePoint[GeneratorTable];

    static DoubleMultiplication() => OddMultiples.Fill(AffinePoint.Generator, Generator, GeneratorTimesLambda);

    public static JacobianPoint Sum(BigInteger ofGenerator, BigInteger ofPoint, in AffinePoint point)
    {
        Span<AffinePoint> multiples = stackalloc AffinePoint[PointTable];
        Span<AffinePoint> timesLambda = stackalloc AffinePoint[PointTable];
        OddMultiples.Fill(point, multiples, timesLambda);

        var (a, b) = (SplitScalar.From(ofGenerator), SplitScalar.From(ofPoint));
        Span<sbyte> aLow = stackalloc sbyte[MaxDigits];
        Span<sbyte> aHigh = stackalloc sbyte[MaxDigits];
        Span<sbyte> bLow = stackalloc sbyte[MaxDigits];
        Span<sbyte> bHigh = stackalloc sbyte[MaxDigits];
        var length = Math.Max(
            Math.Max(Recode(a.Low, a.LowIsNegative, GeneratorWindow, aLow), Recode(a.High, a.HighIsNegative, GeneratorWindow, aHigh)),
            Math.Max(Recode(b.Low, b.LowIsNegative, PointWindow, bLow), Recode(b.High, b.HighIsNegative, PointWindow, bHigh)));

        var sum = JacobianPoint.Infinity;
        for (var index = length - 1; index >= 0; index--)
        {
            sum = sum.Double();
            Add(ref sum, Generator, aLow[index]);
            Add(ref sum, GeneratorTimesLambda, aHigh[index]);
            Add(ref sum, multiples, bLow[index]);
            Add(ref sum, timesLambda, bHigh[index]);
        }

        return sum;
    }

    private static void Add(ref JacobianPoint sum, ReadOnlySpan<AffinePoint> multiples, sbyte digit)
    {
        if (digit > 0)
        {
            sum = sum.Add(multiples[digit >> 1]);
        }
        else if (digit < 0)
        {
            sum = sum.Add(multiples[-digit >> 1].Negate());
        }
    }

    /// <summary>Signed odd digits below half the window's range, the lowest first, at most one in so many places.</summary>
    private static int Recode(UInt128 value, bool isNegative, int window, Span<sbyte> digits)
    {
        digits.Clear();
        var length = 0;
        for (; value != 0; length++, value >>= 1)
        {
            if ((value & 1) == 0)
            {
                continue;
            }

            var digit = (int)(uint)(value & ((1u << window) - 1));
            digit -= digit >= 1 << (window - 1) ? 1 << window : 0;
            value = digit >= 0 ? value - (uint)digit : value + (uint)-digit;
            digits[length] = (sbyte)(isNegative ? -digit : digit);
        }

        return length;
    }
}
