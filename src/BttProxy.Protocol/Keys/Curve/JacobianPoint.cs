namespace BttProxy.Protocol.Keys.Curve;

/// <summary>
/// A point (X / Z², Y / Z³); infinity where <see cref="IsInfinity"/>. Formulas for a = 0 from the Explicit-Formulas
/// Database (dbl-2009-l, mixed addition as in madd-2004-hmv).
/// </summary>
internal readonly struct JacobianPoint
{
    private readonly FieldElement _x;
    private readonly FieldElement _y;
    private readonly FieldElement _z;
    private readonly bool _isFinite;

    private JacobianPoint(in FieldElement x, in FieldElement y, in FieldElement z)
    {
        _x = x;
        _y = y;
        _z = z;
        _isFinite = true;
    }

    public static JacobianPoint Infinity => default;

    public bool IsInfinity => !_isFinite;

    public static JacobianPoint From(in AffinePoint point) => new(point.X, point.Y, FieldElement.One);

    public JacobianPoint Double()
    {
        // No point of this curve has order two, so a finite point never doubles to infinity.
        if (IsInfinity)
        {
            return this;
        }

        var a = _x.Square();
        var b = _y.Square();
        var c = b.Square();
        var d = ((_x + b).Square() - a - c).Double();
        var e = a.Double() + a;
        var x = e.Square() - d.Double();
        var y = (e * (d - x)) - c.Double().Double().Double();
        return new JacobianPoint(x, y, (_y * _z).Double());
    }

    public JacobianPoint Add(in AffinePoint point)
    {
        if (IsInfinity)
        {
            return From(point);
        }

        var zz = _z.Square();
        var h = (point.X * zz) - _x;
        var r = (point.Y * zz * _z) - _y;
        if (h.IsZero)
        {
            return r.IsZero ? Double() : Infinity;
        }

        var hh = h.Square();
        var hhh = hh * h;
        var v = _x * hh;
        var x = r.Square() - hhh - v.Double();
        var y = (r * (v - x)) - (_y * hhh);
        return new JacobianPoint(x, y, _z * h);
    }

    /// <summary>The affine form, normalized. Not of infinity.</summary>
    public AffinePoint ToAffine() => Scale(_z.Invert());

    /// <summary>All affine forms for the price of one inversion (Montgomery's trick). None may be infinity.</summary>
    public static void ToAffine(ReadOnlySpan<JacobianPoint> points, Span<AffinePoint> affine)
    {
        Span<FieldElement> products = stackalloc FieldElement[points.Length];
        var product = FieldElement.One;
        for (var index = 0; index < points.Length; index++)
        {
            products[index] = product;
            product *= points[index]._z;
        }

        var inverse = product.Invert();
        for (var index = points.Length - 1; index >= 0; index--)
        {
            affine[index] = points[index].Scale(inverse * products[index]);
            inverse *= points[index]._z;
        }
    }

    private AffinePoint Scale(in FieldElement inverse)
    {
        var square = inverse.Square();
        return new AffinePoint((_x * square).Normalize(), (_y * square * inverse).Normalize());
    }
}
