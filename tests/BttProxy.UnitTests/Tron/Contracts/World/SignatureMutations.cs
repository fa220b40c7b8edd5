using System.Numerics;
using BttProxy.Protocol.Keys;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>
/// Signatures damaged in every way that a row of a claim can carry: 65 bytes always, because a shorter or longer one has no encoding there.
/// </summary>
internal sealed class SignatureMutations(int seed)
{
    private static readonly BigInteger Order = Read(Secp256k1.Order);
    private static readonly BigInteger Words = BigInteger.Pow(2, 256);

    private readonly Random _random = new(seed);

    /// <summary>One in five stays as it is.</summary>
    /// <param name="digest">What the voucher's signature is over.</param>
    /// <param name="signer">Whose signature is expected.</param>
    public RecoverableSignature Next(Bytes32 digest, Secp256k1Key signer)
    {
        var bytes = signer.Sign(digest).Span.ToArray();
        var (r, s) = (Read(bytes.AsSpan(0, 32)), Read(bytes.AsSpan(32, 32)));
        var v = bytes[64];
        switch (_random.Next(25))
        {
            case < 5:
                return Join(r, s, v);
            case < 8:
                bytes[_random.Next(65)] ^= (byte)(1 << _random.Next(8));
                return new RecoverableSignature(bytes);
            case 8:
                return Join(r, s, (byte)(55 - v));
            case 9:
                return Join(r, s, (byte)_random.Next(256));
            case 10:
                return Join(r, Order - s, (byte)(55 - v));
            case 11:
                return Join(r, Order - s, v);
            case 12:
                return Join((r + Order) % Words, s, v);
            case 13:
                return Join(r, (s + Order) % Words, v);
            case 14:
                return Join(Order - _random.Next(3) + 1, s, v);
            case 15:
                return Join(r, Order - _random.Next(3) + 1, v);
            case 16:
                return Join(r, (Order / 2) + _random.Next(3) - 1, v);
            case 17:
                return Join(_random.Next(1000), s, v);
            case 18:
                return Join(r, _random.Next(1000), v);
            case 19:
                return Join(Order - _random.Next(1, 1000), s, v);
            case 20:
                return Join(Any(), s, v);
            case 21:
                return Join(r, Any() / 2, v);
            case 22:
                return Join(s, r, v);
            case 23:
                return ChannelsWorld.Stranger.Sign(digest);
            default:
                return signer.Sign(Keccak256.Hash(digest.Span));
        }
    }

    private BigInteger Any()
    {
        var bytes = new byte[32];
        _random.NextBytes(bytes);
        return Read(bytes);
    }

    private static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static RecoverableSignature Join(BigInteger r, BigInteger s, byte v)
    {
        Span<byte> signature = stackalloc byte[RecoverableSignature.Length];
        signature.Clear();
        Write(r, signature[..32]);
        Write(s, signature[32..64]);
        signature[64] = v;
        return new RecoverableSignature(signature);
    }

    private static void Write(BigInteger value, Span<byte> destination)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(destination[^bytes.Length..]);
    }
}
