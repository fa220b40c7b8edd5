namespace BttProxy.Protocol.Keys.Curve;

/// <summary>A point of y² = x³ + 7 other than infinity.</summary>
internal readonly record struct AffinePoint(FieldElement X, FieldElement Y)
{
    /// <summary>β, a cube root of one: (x, y) → (βx, y) is multiplication by λ, at the price of one field multiplication.</summary>
    private static FieldElement Beta => new(0xC1396C28719501EE, 0x9CF0497512F58995, 0x6E64479EAC3434E9, 0x7AE96A2B657C0710);

    public static AffinePoint Generator => new(
        new FieldElement(0x59F2815B16F81798, 0x029BFCDB2DCE28D9, 0x55A06295CE870B07, 0x79BE667EF9DCBBAC),
        new FieldElement(0x9C47D08FFB10D4B8, 0xFD17B448A6855419, 0x5DA4FBFC0E1108A8, 0x483ADA7726A3C465));

    /// <summary>The point with this x, below p, and this parity of y; false where x belongs to no point.</summary>
    public static bool TryDecompress(in FieldElement x, bool yIsOdd, out AffinePoint point)
    {
        var square = (x.Square() * x) + FieldElement.Seven;
        var found = square.TrySquareRoot(out var y);
        point = new AffinePoint(x, y.IsOdd == yIsOdd ? y : (-y).Normalize());
        return found;
    }

    public AffinePoint Negate() => new(X, -Y);

    public AffinePoint MultiplyByLambda() => new(X * Beta, Y);
}
