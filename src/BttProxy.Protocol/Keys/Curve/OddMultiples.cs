namespace BttProxy.Protocol.Keys.Curve;

/// <summary>P, 3P, 5P, ... and λ times these: what a windowed multiplication adds.</summary>
internal static class OddMultiples
{
    public static void Fill(in AffinePoint point, Span<AffinePoint> multiples, Span<AffinePoint> timesLambda)
    {
        Span<JacobianPoint> points = stackalloc JacobianPoint[multiples.Length];
        points[0] = JacobianPoint.From(point);
        var twice = points[0].Double().ToAffine();
        for (var index = 1; index < points.Length; index++)
        {
            points[index] = points[index - 1].Add(twice);
        }

        JacobianPoint.ToAffine(points, multiples);
        for (var index = 0; index < multiples.Length; index++)
        {
            timesLambda[index] = multiples[index].MultiplyByLambda();
        }
    }
}
