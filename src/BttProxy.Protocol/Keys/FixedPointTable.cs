using Org.BouncyCastle.Math.EC;

namespace BttProxy.Protocol.Keys;

/// <summary>
/// Sums of one point's multiples by powers of two, so that a scalar times this point needs one addition per column of the scalar's
/// bits (the comb method: Lim and Lee, CRYPTO 1994). A table costs about as much as two recoveries and has 2^width points.
/// </summary>
internal sealed class FixedPointTable
{
    private const int ScalarBits = 256;

    private readonly ECPoint[] _sums;

    public FixedPointTable(ECPoint point, int width)
    {
        Columns = (ScalarBits + width - 1) / width;
        var sums = new ECPoint[1 << width];
        sums[0] = point.Curve.Infinity;
        for (var row = 0; row < width; row++)
        {
            for (var i = 0; i < 1 << row; i++)
            {
                sums[(1 << row) + i] = sums[i].Add(point);
            }

            point = point.TimesPow2(Columns).Normalize();
        }

        point.Curve.NormalizeAll(sums);
        _sums = sums;
    }

    /// <summary>How many columns a scalar has.</summary>
    public int Columns { get; }

    /// <summary>The multiple for one column of a scalar's bits, the highest column first.</summary>
    /// <param name="scalar">32 bytes, big-endian.</param>
    /// <param name="column">0 to <see cref="Columns"/> - 1; to be doubled that many times.</param>
    public ECPoint this[ReadOnlySpan<byte> scalar, int column]
    {
        get
        {
            var index = 0;
            for (var (bit, row) = (column, 0); bit < ScalarBits; bit += Columns, row++)
            {
                index |= ((scalar[31 - (bit >> 3)] >> (bit & 7)) & 1) << row;
            }

            return _sums[index];
        }
    }
}
