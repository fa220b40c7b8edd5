namespace BttProxy.Protocol.Keys;

/// <summary>
/// A point of secp256k1 (y² = x³ + 7) as x = X/Z², y = Y/Z³, infinity as Z = 0, so that sums need no inversion. Right for all operands:
/// a hostile signer can make any two of them meet. For public data only, as <see cref="FieldElement"/>.
/// </summary>
internal struct JacobianPoint(in AffinePoint point)
{
    private FieldElement _x = point.X;
    private FieldElement _y = point.Y;
    private FieldElement _z = FieldElement.One;

    // The default is infinity.
    public readonly bool IsInfinity => _z.IsZero;

    /// <summary>What <see cref="Normalize"/> needs the inverse of.</summary>
    public readonly FieldElement Z => _z;

    /// <summary>Adds the point to itself. No point has y = 0 (the order is odd), and infinity stays at Z = 0: no case is special.</summary>
    public void Double()
    {
        var t = _y.Square().Twice();
        var s = (_x * t).Twice();
        var xSquared = _x.Square();
        var m = xSquared.Twice() + xSquared;
        _z = (_y * _z).Twice();
        _x = m.Square() - s - s;
        _y = (m * (s - _x)) - t.Square().Twice();
    }

    public void Add(in AffinePoint other)
    {
        if (IsInfinity)
        {
            this = new JacobianPoint(other);
            return;
        }

        var zSquared = _z.Square();
        var h = (other.X * zSquared) - _x;
        var r = (other.Y * zSquared * _z) - _y;
        if (h.IsZero)
        {
            if (r.IsZero)
            {
                Double();
            }
            else
            {
                this = default;
            }

            return;
        }

        _z *= h;
        var hSquared = h.Square();
        var hCubed = hSquared * h;
        var v = _x * hSquared;
        _x = r.Square() - hCubed - v.Twice();
        _y = (r * (v - _x)) - (_y * hCubed);
    }

    /// <summary>Whether x has this value, without an inversion; infinity has no x.</summary>
    public readonly bool HasX(in FieldElement x) => !IsInfinity && x * _z.Square() == _x;

    /// <param name="inverseOfZ">1/Z.</param>
    public readonly AffinePoint Normalize(in FieldElement inverseOfZ)
    {
        var squared = inverseOfZ.Square();
        return new(_x * squared, _y * squared * inverseOfZ);
    }
}
