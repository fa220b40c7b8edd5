using System.Diagnostics;

namespace BttProxy.Protocol.Keys;

/// <summary>
/// Sums of one point's multiples by powers of two, so that a scalar times this point needs few additions and very few doublings (the comb
/// method of Lim and Lee, CRYPTO 1994, with two tables). The scalar's bits are dealt like cards into 2 x width rows of
/// <see cref="Steps"/> bits; each step takes one bit of every row, half of them for either table.
/// </summary>
internal sealed class FixedPointTable
{
    private const int ScalarBits = 256;
    private const int Tables = 2;

    private readonly int _width;

    // Sum i of a table is that of the rows whose bits are set in i; the first is infinity and never read.
    private readonly AffinePoint[] _sums;

    /// <param name="point">On the curve.</param>
    /// <param name="width">Rows of each table: 2^width points of 64 bytes twice.</param>
    public FixedPointTable(in AffinePoint point, int width)
    {
        _width = width;
        Steps = (ScalarBits + (Tables * width) - 1) / (Tables * width);
        _sums = new AffinePoint[Tables << width];
        var rows = Rows(point);
        for (var row = 0; row < width; row++)
        {
            AddRow(row, rows.AsSpan(Tables * row, Tables));
        }
    }

    /// <summary>How many doublings a sum takes, the first of them of infinity.</summary>
    public int Steps { get; }

    /// <summary>Adds what the scalar has in one step.</summary>
    /// <param name="sum">To what is added.</param>
    /// <param name="scalar">32 bytes, big-endian.</param>
    /// <param name="step">0 to <see cref="Steps"/> - 1; to be doubled that many times.</param>
    public void AddTo(ref JacobianPoint sum, ReadOnlySpan<byte> scalar, int step)
    {
        Debug.Assert(step < Steps, "A step beyond the last is the first of the next row.");
        for (var table = 0; table < Tables; table++)
        {
            var index = 0;
            for (var (bit, row) = (step + (table * Steps), 0); bit < ScalarBits; bit += Tables * Steps, row++)
            {
                index |= ((scalar[31 - (bit >> 3)] >> (bit & 7)) & 1) << row;
            }

            if (index != 0)
            {
                sum.Add(_sums[(table << _width) + index]);
            }
        }
    }

    /// <summary>The multiples at which the rows begin: those by 2^(i x steps).</summary>
    private AffinePoint[] Rows(in AffinePoint point)
    {
        var multiples = new JacobianPoint[Tables * _width];
        multiples[0] = new JacobianPoint(point);
        for (var i = 1; i < multiples.Length; i++)
        {
            multiples[i] = multiples[i - 1];
            for (var step = 0; step < Steps; step++)
            {
                multiples[i].Double();
            }
        }

        var inverses = Array.ConvertAll(multiples, static multiple => multiple.Z);
        FieldElement.InvertAll(inverses);
        return [.. multiples.Zip(inverses, static (multiple, inverse) => multiple.Normalize(inverse))];
    }

    /// <summary>
    /// Adds the next row to all sums of those before it, in affine coordinates with one inversion for all. No two points here are equal
    /// or opposite: they are different multiples with less than n in sum.
    /// </summary>
    private void AddRow(int row, ReadOnlySpan<AffinePoint> points)
    {
        var size = 1 << row;
        var inverses = new FieldElement[Tables * size];
        for (var i = 0; i < inverses.Length; i++)
        {
            inverses[i] = i % size == 0 ? FieldElement.One : points[i / size].X - _sums[Index(i)].X;
        }

        FieldElement.InvertAll(inverses);
        for (var i = 0; i < inverses.Length; i++)
        {
            var point = points[i / size];
            if (i % size != 0)
            {
                ref readonly var other = ref _sums[Index(i)];
                var slope = (point.Y - other.Y) * inverses[i];
                var x = slope.Square() - other.X - point.X;
                point = new AffinePoint(x, (slope * (other.X - x)) - other.Y);
            }

            _sums[Index(i) + size] = point;
        }

        int Index(int i) => (i / size << _width) + (i % size);
    }
}
