using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using Org.BouncyCastle.Utilities;

namespace BttProxy.Protocol.Keys;

/// <summary>secp256k1 by BouncyCastle's custom curve (fixed-width field arithmetic, GLV endomorphism).</summary>
internal static class PortableSecp256k1
{
    private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECCurve Curve = Parameters.Curve;
    private static readonly BigInteger N = Parameters.N;
    private static readonly FixedPointCombMultiplier Comb = new();

    /// <summary>Q = r⁻¹ (s R - e G), where R is the point with x = r and the given parity of y (SEC 1, 4.1.6).</summary>
    public static bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> rs, bool yIsOdd, Span<byte> publicKey)
    {
        var r = new BigInteger(1, rs[..32]);
        var s = new BigInteger(1, rs[32..]);
        var x = Curve.FromBigInteger(r);
        var y = x.Square().Multiply(x).Add(Curve.B).Sqrt();
        if (y is null)
        {
            return false;
        }

        if (y.TestBitZero() != yIsOdd)
        {
            y = y.Negate();
        }

        var point = Curve.CreatePoint(r, y.ToBigInteger());
        var inverse = BigIntegers.ModOddInverseVar(N, r);
        var e = new BigInteger(1, digest);
        var ofG = N.Subtract(e.Multiply(inverse).Mod(N));
        var ofR = s.Multiply(inverse).Mod(N);
        var key = ECAlgorithms.SumOfTwoMultiplies(Parameters.G, ofG, point, ofR);
        if (key.IsInfinity)
        {
            return false;
        }

        Write(key.Normalize(), publicKey);
        return true;
    }

    /// <summary>RFC 6979 with SHA-256, s made low and the recovery bit turned with it.</summary>
    public static void Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> digest, Span<byte> signature)
    {
        var d = new BigInteger(1, privateKey);
        var e = new BigInteger(1, digest);
        var nonces = new HMacDsaKCalculator(new Sha256Digest());
        nonces.Init(N, d, digest.ToArray());
        while (true)
        {
            var k = nonces.NextK();
            var point = Comb.Multiply(Parameters.G, k).Normalize();
            var x = point.AffineXCoord.ToBigInteger();
            var r = x.Mod(N);
            var s = BigIntegers.ModOddInverse(N, k).Multiply(e.Add(d.Multiply(r))).Mod(N);
            // x >= n (chance 2^-128) would need v = 29 or 30, which the contract refuses.
            if (r.SignValue == 0 || s.SignValue == 0 || x.CompareTo(N) >= 0)
            {
                continue;
            }

            var odd = point.AffineYCoord.TestBitZero();
            var low = N.Subtract(s);
            if (s.CompareTo(low) > 0)
            {
                s = low;
                odd = !odd;
            }

            BigIntegers.AsUnsignedByteArray(r, signature[..32]);
            BigIntegers.AsUnsignedByteArray(s, signature[32..64]);
            signature[64] = (byte)(odd ? 28 : 27);
            return;
        }
    }

    public static void PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey) =>
        Write(Comb.Multiply(Parameters.G, new BigInteger(1, privateKey)).Normalize(), publicKey);

    private static void Write(ECPoint point, Span<byte> publicKey)
    {
        point.AffineXCoord.EncodeTo(publicKey[..32]);
        point.AffineYCoord.EncodeTo(publicKey[32..]);
    }
}
