using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>One side's part of the Diffie-Hellman exchange: 768 bits (the first group of RFC 2409), generator 2, an exponent of 160 bits.</summary>
internal sealed class KeyExchange
{
    /// <summary>Of a public key and of the secret, in bytes.</summary>
    public const int Length = 96;
    private const int ExponentLength = 20;

    private static readonly BigInteger Prime = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
        + "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563",
        NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly BigInteger Generator = 2;

    private readonly BigInteger _exponent;

    public KeyExchange(ReadOnlySpan<byte> exponent) => _exponent = new BigInteger(exponent, isUnsigned: true, isBigEndian: true);

    public static KeyExchange Create()
    {
        Span<byte> exponent = stackalloc byte[ExponentLength];
        RandomNumberGenerator.Fill(exponent);
        return new KeyExchange(exponent);
    }

    public void WritePublicKey(Span<byte> destination) => Write(BigInteger.ModPow(Generator, _exponent, Prime), destination);

    /// <summary>False for a public key that names no secret: 0, 1 and P - 1, whose powers everybody knows, and what is no residue at all.</summary>
    public bool TryAgree(ReadOnlySpan<byte> publicKey, Span<byte> secret)
    {
        var theirs = new BigInteger(publicKey[..Length], isUnsigned: true, isBigEndian: true);
        if (theirs <= BigInteger.One || theirs >= Prime - BigInteger.One)
        {
            return false;
        }
        Write(BigInteger.ModPow(theirs, _exponent, Prime), secret);
        return true;
    }

    private static void Write(BigInteger number, Span<byte> destination)
    {
        destination = destination[..Length];
        destination.Clear();
        number.TryWriteBytes(destination[(Length - number.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }
}
