using BttProxy.Protocol.Keys;
using CsCheck;
using Org.BouncyCastle.Math;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Keys;

/// <summary>A known signer gives the verdict of full recovery by either backend, whatever is signed.</summary>
public sealed class KnownSignerTests
{
    private static readonly Bytes32 Digest = Keccak256.Hash("voucher"u8);

    private static readonly byte[] Good = Samples.Session.Sign(Digest).ToArray();

    [Fact]
    public void EveryByteChanged_IsJudgedAsByRecovery()
    {
        var signers = Seen(Samples.Session);
        for (var i = 0; i < RecoverableSignature.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var signature = (byte[])Good.Clone();
                signature[i] ^= (byte)(1 << bit);
                AssertSameVerdict(signers, Digest, signature);
            }
        }
    }

    [Fact]
    public void OtherParitySwappedHalvesOtherDigestAndOtherKey_AreJudgedAsByRecovery()
    {
        var signers = Seen(Samples.Session);
        using var other = Secp256k1Key.Generate();
        Assert.True(AssertSameVerdict(signers, Digest, Good) && !AssertSameVerdict(signers, Digest, other.Sign(Digest).Span));
        Assert.False(AssertSameVerdict(signers, Digest, [.. Good[..64], (byte)(Good[64] ^ 27 ^ 28)]));
        Assert.False(AssertSameVerdict(signers, Digest, [.. Good[32..64], .. Good[..32], Good[64]]));
        Assert.False(AssertSameVerdict(signers, Keccak256.Hash("another voucher"u8), Good));
    }

    // Who knows the private key d chooses R = aG + bQ freely, so the sum can be made to meet the points that it is added to: with d = 1
    // both tables hold the same points, with d = n - 1 opposite ones.
    [Fact]
    public void SumsChosenByTheSigner_AreJudgedAsByRecovery()
    {
        var keys = new[] { 1, 2, 3, 1 << 16, -1, -2, 0x1234567 };
        var known = Array.ConvertAll(keys, key =>
        {
            using var signer = Secp256k1Key.FromBytes(Curve.Bytes(BigInteger.ValueOf(key).Mod(Curve.N)));
            return Seen(signer);
        });
        var valid = 0;
        Gen.Select(Gen.Int[0, keys.Length - 1], Curve.Number, Curve.Number, Gen.Int[0, 3]).Sample(
            (key, a, b, relation) =>
            {
                var d = BigInteger.ValueOf(keys[key]);
                b = (relation switch { 1 => a, 2 => a.Negate(), _ => b }).Mod(Curve.N);
                // With relation 3 the whole sum is infinity; r is then any, here that of G.
                a = relation == 3 ? b.Multiply(d).Negate() : a;
                var point = Curve.G.Multiply(a.Add(b.Multiply(d)).Mod(Curve.N));
                var isSum = !point.IsInfinity;
                point = (isSum ? point : Curve.G).Normalize();
                var r = point.AffineXCoord.ToBigInteger();
                if (b.SignValue == 0 || r.CompareTo(Curve.N) >= 0)
                {
                    return;
                }

                var s = r.Multiply(b.ModInverse(Curve.N)).Mod(Curve.N);
                var isOdd = point.AffineYCoord.TestBitZero();
                var isLow = s.CompareTo(Curve.N.ShiftRight(1)) <= 0;
                var low = isLow ? s : Curve.N.Subtract(s);
                var digest = a.Multiply(s).Mod(Curve.N);
                var signature = (byte[])[.. Curve.Bytes(r), .. Curve.Bytes(low), (byte)(isOdd == isLow ? 28 : 27)];
                var isValid = AssertSameVerdict(known[key], new Bytes32(Curve.Bytes(digest)), signature);
                Assert.True(isValid || !isSum);
                valid += isValid ? 1 : 0;
            },
            iter: 500, threads: 1);
        Assert.True(valid > 100);
    }

    /// <summary>Whether all say that the known key signed.</summary>
    private static bool AssertSameVerdict((TronAddress Expected, KnownSigner[] Known) signers, Bytes32 digest, ReadOnlySpan<byte> signature)
    {
        var verdict = Secp256k1.Recover(Secp256k1Backend.Portable, digest, signature, out var signer);
        foreach (var known in signers.Known)
        {
            Assert.Equal(verdict, known.Recover(digest, signature, out var knownSigner));
            Assert.Equal(signer, knownSigner);
        }

        foreach (var backend in Backends.Available)
        {
            Assert.Equal(verdict, Secp256k1.Recover(backend, digest, signature, out var recovered));
            Assert.Equal(signer, recovered);
        }

        return signer == signers.Expected;
    }

    private static (TronAddress Expected, KnownSigner[] Known) Seen(Secp256k1Key key) =>
        (key.Address, [.. Backends.Available.Select(backend =>
        {
            var known = new KnownSigner(backend, key.Address);
            Assert.Equal(SignatureVerdict.Valid, known.Recover(Digest, key.Sign(Digest).Span, out var signer));
            Assert.Equal(key.Address, signer);
            return known;
        })]);
}
