using System.Numerics;
using Org.BouncyCastle.Utilities;
using BouncyInteger = Org.BouncyCastle.Math.BigInteger;

namespace BttProxy.Protocol.Keys;

/// <summary>
/// A public key with a table of its multiples, for many signatures of one key: 32 KiB that take about as long to make as a dozen
/// verifications save against libsecp256k1's recovery.
/// </summary>
internal sealed class PreparedPublicKey
{
    private const int KeyWidth = 8;

    // One table for the process, so it may be larger: 512 KiB, made in 3 ms.
    private const int GeneratorWidth = 12;

    // BouncyCastle inverts far faster than .NET (2 µs), .NET multiplies and divides far faster than BouncyCastle (0.4 µs, not 6).
    private static readonly BouncyInteger OrderToInvert = new(1, Secp256k1.Order);
    private static readonly BigInteger Order = Read(Secp256k1.Order);
    private static readonly Lazy<FixedPointTable> Generator =
        new(() => new FixedPointTable(AffinePoint.FromBytes(Secp256k1.Generator), GeneratorWidth));

    private readonly FixedPointTable _key;

    /// <param name="publicKey">x ‖ y of a point on the curve.</param>
    public PreparedPublicKey(ReadOnlySpan<byte> publicKey) =>
        _key = new FixedPointTable(AffinePoint.FromBytes(publicKey), KeyWidth);

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
        BigIntegers.AsUnsignedByteArray(BigIntegers.ModOddInverseVar(OrderToInvert, new BouncyInteger(1, rs[32..])), inverse);
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
