using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Utilities;

namespace BttProxy.Protocol.Keys;

/// <summary>A public key with a table of its multiples (about 16 KiB), for many signatures of one key.</summary>
internal sealed class PreparedPublicKey
{
    private const int KeyWidth = 6;

    // One table for the process, so it may be larger.
    private const int GeneratorWidth = 8;

    private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByName("secp256k1");
    private static readonly Lazy<FixedPointTable> Generator = new(() => new FixedPointTable(Parameters.G, GeneratorWidth));

    private readonly FixedPointTable _key;

    /// <param name="publicKey">x ‖ y of a point on the curve.</param>
    public PreparedPublicKey(ReadOnlySpan<byte> publicKey) =>
        _key = new FixedPointTable(
            Parameters.Curve.CreatePoint(new BigInteger(1, publicKey[..32]), new BigInteger(1, publicKey[32..])), KeyWidth);

    /// <summary>
    /// Whether recovery would find this key: R = s⁻¹ (e G + r Q) has x = r, not only x = r modulo n, and the given parity of y. From this R
    /// recovery computes r⁻¹ (s R - e G) = Q.
    /// </summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="rs">r ‖ s, each in [1, n-1].</param>
    /// <param name="yIsOdd">What the signature says of R's y.</param>
    public bool HasSigned(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> rs, bool yIsOdd)
    {
        var n = Parameters.N;
        var r = new BigInteger(1, rs[..32]);
        var inverse = BigIntegers.ModOddInverseVar(n, new BigInteger(1, rs[32..]));
        Span<byte> ofG = stackalloc byte[32];
        Span<byte> ofQ = stackalloc byte[32];
        BigIntegers.AsUnsignedByteArray(new BigInteger(1, digest).Multiply(inverse).Mod(n), ofG);
        BigIntegers.AsUnsignedByteArray(r.Multiply(inverse).Mod(n), ofQ);
        var point = Sum(ofG, ofQ).Normalize();
        return !point.IsInfinity && point.AffineXCoord.ToBigInteger().Equals(r) && point.AffineYCoord.TestBitZero() == yIsOdd;
    }

    /// <summary>Both products in one pass, so that they share the doublings.</summary>
    private ECPoint Sum(ReadOnlySpan<byte> ofG, ReadOnlySpan<byte> ofQ)
    {
        var generator = Generator.Value;
        var sum = Parameters.Curve.Infinity;
        for (var column = Math.Max(generator.Columns, _key.Columns) - 1; column >= 0; column--)
        {
            sum = sum.Twice();
            if (column < generator.Columns)
            {
                sum = sum.Add(generator[ofG, column]);
            }

            if (column < _key.Columns)
            {
                sum = sum.Add(_key[ofQ, column]);
            }
        }

        return sum;
    }
}
