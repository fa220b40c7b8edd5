using System.Numerics;
using Org.BouncyCastle.Utilities;

namespace BttProxy.Protocol.Keys;

/// <summary>A public key with a table of its multiples (32 KiB), for many signatures of one key.</summary>
internal sealed class PreparedPublicKey
{
    private const int KeyWidth = 8;

    // One table for the process, so it may be larger.
    private const int GeneratorWidth = 12;

    private static readonly Org.BouncyCastle.Math.BigInteger OrderOfInverse = new(1, Secp256k1.Order);
    private static readonly BigInteger Order = new(Secp256k1.Order, isUnsigned: true, isBigEndian: true);
    private static readonly Lazy<FixedPointTable> Generator = new(() => new FixedPointTable(AffinePoint.FromBytes(Secp256k1.Generator), GeneratorWidth));

    private readonly FixedPointTable _key;

    /// <param name="publicKey">x ‖ y of a point on the curve.</param>
    public PreparedPublicKey(ReadOnlySpan<byte> publicKey) => _key = new FixedPointTable(AffinePoint.FromBytes(publicKey), KeyWidth);

    /// <summary>
    /// Whether recovery would find this key: R = s⁻¹ (e G + r Q) has x = r, not only x = r modulo n, and the given parity of y. From this R
    /// recovery computes r⁻¹ (s R - e G) = Q.
    /// </summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="rs">r ‖ s, each in [1, n-1].</param>
    /// <param name="yIsOdd">What the signature says of R's y.</param>
    public bool HasSigned(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> rs, bool yIsOdd)
    {
        Span<byte> inverse = stackalloc byte[32];
        BigIntegers.AsUnsignedByteArray(BigIntegers.ModOddInverseVar(OrderOfInverse, new(1, rs[32..])), inverse);
        Span<byte> ofG = stackalloc byte[32];
        Span<byte> ofQ = stackalloc byte[32];
        Multiply(digest, inverse, ofG);
        Multiply(rs[..32], inverse, ofQ);
        var point = Sum(ofG, ofQ);
        return point.HasX(FieldElement.FromBytes(rs[..32])) && point.Normalize(point.Z.Invert()).Y.IsOdd == yIsOdd;
    }

    /// <summary>Both products in one pass, so that they share the doublings.</summary>
    private JacobianPoint Sum(ReadOnlySpan<byte> ofG, ReadOnlySpan<byte> ofQ)
    {
        var generator = Generator.Value;
        var sum = default(JacobianPoint);
        for (var step = Math.Max(generator.Steps, _key.Steps) - 1; step >= 0; step--)
        {
            sum.Double();
            if (step < generator.Steps)
            {
                generator.AddTo(ref sum, ofG, step);
            }

            if (step < _key.Steps)
            {
                _key.AddTo(ref sum, ofQ, step);
            }
        }

        return sum;
    }

    /// <summary>The product modulo n.</summary>
    private static void Multiply(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> product)
    {
        var value = Read(a) * Read(b) % Order;
        product.Clear();
        value.TryWriteBytes(product[(32 - value.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }

    private static BigInteger Read(ReadOnlySpan<byte> scalar) => new(scalar, isUnsigned: true, isBigEndian: true);
}
