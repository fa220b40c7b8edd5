using System.Numerics;
using BttProxy.Protocol.Keys;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Keys;

public sealed class SignatureVerdictTests
{
    private static readonly BigInteger Order = new(Secp256k1.Order, isUnsigned: true, isBigEndian: true);

    private static readonly BigInteger FieldPrime = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977;

    private static readonly Bytes32 Digest = Keccak256.Hash("voucher"u8);

    private static readonly byte[] Good = Samples.Session.Sign(Digest).ToArray();

    private enum Mutation
    {
        None, FlipBit, FlipV, AnyV, HighS, RPlusOrder, ZeroR, ZeroS, OrderR, OrderS, HalfOrderS, AboveHalfOrderS, RandomR,
        Truncate, Extend, SmallR, NearOrderR, OtherDigest, SmallS,
    }

    [Fact]
    public void HalfOrder_IsHalfTheOrder() =>
        Assert.Equal((Order - 1) / 2, new BigInteger(Secp256k1.HalfOrder, isUnsigned: true, isBigEndian: true));

    [Fact]
    public void MutatedSignatures_GetOneVerdictFromBothBackendsAKnownSignerAndTheReference()
    {
        var known = Seen(Secp256k1Backend.Portable);
        var cases = Gen.Select(Gen.Enum<Mutation>(), Gen.Int[0, 519], Gen.Byte.Array[32]);
        cases.Sample(
            (mutation, bit, random) =>
            {
                var (digest, signature) = Mutate(mutation, bit, random);
                var portable = Secp256k1.Recover(Secp256k1Backend.Portable, digest, signature, out var signer);
                var expected = Reference(signature);
                Assert.Equal(portable == SignatureVerdict.Valid, signer != TronAddress.Zero);
                Assert.Equal(expected, portable);
                Assert.Equal(portable, known.Recover(digest, signature, out var knownSigner));
                Assert.Equal(signer, knownSigner);
                if (mutation is not (Mutation.None or Mutation.Extend or Mutation.Truncate) && !signature.AsSpan().SequenceEqual(Good))
                {
                    Assert.NotEqual(Samples.Session.Address, signer);
                }

                if (Secp256k1.Backend == Secp256k1Backend.Native)
                {
                    Assert.Equal(portable, Secp256k1.Recover(Secp256k1Backend.Native, digest, signature, out var nativeSigner));
                    Assert.Equal(signer, nativeSigner);
                }
            },
            iter: 4000, threads: 1);
    }

    [Fact]
    public void RandomKeysAndDigests_SignAlikeAndRecover()
    {
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[32]).Sample(
            (keyBytes, digestBytes) =>
            {
                keyBytes[0] = 1;
                using var key = Secp256k1Key.FromBytes(keyBytes);
                var digest = new Bytes32(digestBytes);
                var signature = key.Sign(Secp256k1Backend.Portable, digest);
                foreach (var backend in Backends.Available)
                {
                    Assert.Equal(signature, key.Sign(backend, digest));
                    Assert.Equal(SignatureVerdict.Valid, Secp256k1.Recover(backend, digest, signature.Span, out var signer));
                    Assert.Equal(key.Address, signer);
                }
            },
            iter: 200, threads: 1);
    }

    // With e = s·k for R = k·G the recovered key is r⁻¹(sR - eG) = infinity.
    [Fact]
    public void SignatureOfThePointAtInfinity_IsNotRecoverable()
    {
        var k = new BigInteger(12345);
        Span<byte> point = stackalloc byte[64];
        PortableSecp256k1.PublicKey(ToBytes(k), point);
        var s = new BigInteger(777);
        var digest = new Bytes32(ToBytes(s * k % Order));
        var signature = new byte[65];
        point[..32].CopyTo(signature);
        ToBytes(s).CopyTo(signature, 32);
        signature[64] = (byte)(27 + (point[63] & 1));
        foreach (var backend in Backends.Available)
        {
            Assert.Equal(SignatureVerdict.NotRecoverable, Secp256k1.Recover(backend, digest, signature, out var signer));
            Assert.Equal(TronAddress.Zero, signer);
        }
    }

    // Digests at and above the order, zero among them, are valid input of ecrecover.
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void ExtremeDigest_IsRecoveredAlike(string digestHex)
    {
        var digest = Bytes32.Parse(digestHex);
        var signature = Samples.Session.Sign(Secp256k1Backend.Portable, digest);
        foreach (var backend in Backends.Available)
        {
            Assert.Equal(SignatureVerdict.Valid, Secp256k1.Recover(backend, digest, signature.Span, out var signer));
            Assert.Equal(Samples.Session.Address, signer);
            Assert.Equal(SignatureVerdict.Valid, Seen(backend).Recover(digest, signature.Span, out signer));
            Assert.Equal(Samples.Session.Address, signer);
        }
    }

    [Fact]
    public void PreparedKey_FindsItsOwnSignaturesOnly()
    {
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[32], Gen.Int[0, 511]).Sample(
            (keyBytes, digestBytes, bit) =>
            {
                keyBytes[0] = 1;
                using var key = Secp256k1Key.FromBytes(keyBytes);
                var publicKey = new byte[64];
                PortableSecp256k1.PublicKey(keyBytes, publicKey);
                var prepared = new PreparedPublicKey(publicKey);
                var signature = key.Sign(Secp256k1Backend.Portable, new Bytes32(digestBytes)).ToArray();
                var isOdd = signature[64] == 28;
                Assert.True(prepared.HasSigned(digestBytes, signature.AsSpan(0, 64), isOdd));
                Assert.False(prepared.HasSigned(digestBytes, signature.AsSpan(0, 64), !isOdd));
                signature[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(prepared.HasSigned(digestBytes, signature.AsSpan(0, 64), isOdd));
            },
            iter: 200, threads: 1);
    }

    private static KnownSigner Seen(Secp256k1Backend backend)
    {
        var known = new KnownSigner(backend, Samples.Session.Address);
        Assert.Equal(SignatureVerdict.Valid, known.Recover(Digest, Good, out var signer));
        Assert.Equal(Samples.Session.Address, signer);
        return known;
    }

    private static (Bytes32 Digest, byte[] Signature) Mutate(Mutation mutation, int bit, byte[] random)
    {
        var signature = (byte[])Good.Clone();
        var r = signature.AsSpan(0, 32);
        var s = signature.AsSpan(32, 32);
        var digest = Digest;
        switch (mutation)
        {
            case Mutation.FlipBit:
                signature[bit / 8] ^= (byte)(1 << (bit % 8));
                break;
            case Mutation.FlipV:
                signature[64] ^= 27 ^ 28;
                break;
            case Mutation.AnyV:
                signature[64] = random[0];
                break;
            case Mutation.HighS:
                ToBytes(Order - Read(s)).CopyTo(s);
                signature[64] = (byte)(bit % 2 == 0 ? signature[64] : signature[64] ^ 27 ^ 28);
                break;
            case Mutation.RPlusOrder:
                ToBytes((Read(r) + Order) % BigInteger.Pow(2, 256)).CopyTo(r);
                break;
            case Mutation.ZeroR:
                r.Clear();
                break;
            case Mutation.ZeroS:
                s.Clear();
                break;
            case Mutation.OrderR:
                ToBytes(Order + (bit % 3) - 1).CopyTo(r);
                break;
            case Mutation.OrderS:
                ToBytes(Order + (bit % 3) - 1).CopyTo(s);
                break;
            case Mutation.HalfOrderS:
                ToBytes((Order - 1) / 2).CopyTo(s);
                break;
            case Mutation.AboveHalfOrderS:
                ToBytes(((Order - 1) / 2) + 1).CopyTo(s);
                break;
            case Mutation.RandomR:
                random.CopyTo(r);
                break;
            case Mutation.SmallR:
                ToBytes(bit).CopyTo(r);
                break;
            case Mutation.NearOrderR:
                ToBytes(Order - bit - 1).CopyTo(r);
                break;
            case Mutation.SmallS:
                ToBytes(bit).CopyTo(s);
                break;
            case Mutation.Truncate:
                signature = signature[..(bit % 65)];
                break;
            case Mutation.Extend:
                signature = [.. signature, .. random.Take((bit % 8) + 1)];
                break;
            case Mutation.OtherDigest:
                digest = new Bytes32(random);
                break;
            default:
                break;
        }

        return (digest, signature);
    }

    // The rule written out a second time over arbitrary integers; r names a point when r³ + 7 is a square (Euler).
    private static SignatureVerdict Reference(byte[] signature)
    {
        if (signature.Length != 65)
        {
            return SignatureVerdict.WrongLength;
        }

        var (r, s) = (Read(signature.AsSpan(0, 32)), Read(signature.AsSpan(32, 32)));
        if (r < 1 || r >= Order)
        {
            return SignatureVerdict.ROutOfRange;
        }

        if (s < 1 || s >= Order)
        {
            return SignatureVerdict.SOutOfRange;
        }

        if (s > Order / 2)
        {
            return SignatureVerdict.HighS;
        }

        if (signature[64] is not 27 and not 28)
        {
            return SignatureVerdict.BadRecoveryId;
        }

        return BigInteger.ModPow((BigInteger.ModPow(r, 3, FieldPrime) + 7) % FieldPrime, (FieldPrime - 1) / 2, FieldPrime) == 1
            ? SignatureVerdict.Valid
            : SignatureVerdict.NotRecoverable;
    }

    private static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] ToBytes(BigInteger value)
    {
        var bytes = new byte[32];
        var raw = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        raw.CopyTo(bytes, 32 - raw.Length);
        return bytes;
    }
}
