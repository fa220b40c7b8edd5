using System.Buffers;
using BttProxy.BitTorrent.Bencoding;
using NSec.Cryptography;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// A mutable item of BEP 44: whoever holds the Ed25519 key writes it, anybody reads it. Build one with
/// <see cref="Sign(Key, ReadOnlyMemory{byte}, long, ReadOnlyMemory{byte})"/>; items from outside are checked by
/// <see cref="Verify"/> before the node hands them out.
/// </summary>
public sealed class DhtMutableItem
{
    public const int PublicKeyLength = 32;
    public const int SignatureLength = 64;
    public const int MaxSaltLength = DhtLimits.SaltBytes;

    /// <summary>Longest bencoded value; a byte string loses up to five bytes of it to its length.</summary>
    public const int MaxBencodedValueLength = DhtLimits.ItemValueBytes;

    internal DhtMutableItem(
        ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> salt, long seq, ReadOnlyMemory<byte> bencodedValue, ReadOnlyMemory<byte> signature)
    {
        PublicKey = publicKey;
        Salt = salt;
        Seq = seq;
        BencodedValue = bencodedValue;
        Signature = signature;
    }

    /// <summary>Ed25519 key, 32 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>0 to 64 bytes; several items of one key differ by it.</summary>
    public ReadOnlyMemory<byte> Salt { get; }

    /// <summary>Only grows; the highest wins.</summary>
    public long Seq { get; }

    /// <summary>The signed value as it stands in messages, at most 1000 bytes.</summary>
    public ReadOnlyMemory<byte> BencodedValue { get; }

    /// <summary>64 bytes.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>The bytes of the value if it is a byte string; empty if it is another bencoded type.</summary>
    public ReadOnlyMemory<byte> Value => Bencode.TryParse(BencodedValue, out var value) == BencodeError.None && value is BencodeString text
        ? text.Bytes
        : default;

    public DhtNodeId Target => TargetOf(PublicKey.Span, Salt.Span);

    /// <summary>Where the item of this key and salt is stored: SHA-1 of both.</summary>
    public static DhtNodeId TargetOf(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> salt)
    {
        Span<byte> both = stackalloc byte[PublicKeyLength + MaxSaltLength];
        publicKey.CopyTo(both);
        salt.CopyTo(both[publicKey.Length..]);
        return DhtNodeId.Hash(both[..(publicKey.Length + salt.Length)]);
    }

    /// <summary>Signs a payload, which is stored as a bencoded byte string.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Salt over 64 bytes, or value over 1000 bytes in bencoding.</exception>
    public static DhtMutableItem Sign(Key key, ReadOnlyMemory<byte> salt, long seq, ReadOnlyMemory<byte> value) =>
        Sign(key.PublicKey.Export(KeyBlobFormat.RawPublicKey), data => SignatureAlgorithm.Ed25519.Sign(key, data.Span), salt, seq, value);

    /// <summary>Signs with a key that is kept elsewhere.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Salt over 64 bytes, or value over 1000 bytes in bencoding.</exception>
    public static DhtMutableItem Sign(
        ReadOnlyMemory<byte> publicKey, Func<ReadOnlyMemory<byte>, byte[]> signer, ReadOnlyMemory<byte> salt, long seq, ReadOnlyMemory<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, PublicKeyLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(salt.Length, MaxSaltLength);
        var bencoded = new ArrayBufferWriter<byte>();
        new BencodeWriter(bencoded).WriteString(value.Span);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bencoded.WrittenCount, MaxBencodedValueLength);
        var signature = signer(SignedBytes(salt.Span, seq, bencoded.WrittenSpan));
        return new DhtMutableItem(publicKey, salt, seq, bencoded.WrittenMemory, signature);
    }

    /// <summary>True when lengths are in range and the signature is the key's.</summary>
    public bool Verify() => PublicKey.Length == PublicKeyLength
        && Signature.Length == SignatureLength
        && Salt.Length <= MaxSaltLength
        && BencodedValue.Length <= MaxBencodedValueLength
        && NSec.Cryptography.PublicKey.TryImport(
            SignatureAlgorithm.Ed25519, PublicKey.Span, KeyBlobFormat.RawPublicKey, out var key)
        && SignatureAlgorithm.Ed25519.Verify(key!, SignedBytes(Salt.Span, Seq, BencodedValue.Span).Span, Signature.Span);

    /// <summary>"4:salt6:foobar3:seqi1e1:v12:Hello World!" (BEP 44); salt is left out when empty.</summary>
    private static ReadOnlyMemory<byte> SignedBytes(ReadOnlySpan<byte> salt, long seq, ReadOnlySpan<byte> bencodedValue)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(output);
        if (!salt.IsEmpty)
        {
            writer.WriteEntry("salt"u8, salt);
        }
        writer.WriteEntry("seq"u8, seq);
        writer.WriteRawEntry("v"u8, bencodedValue);
        return output.WrittenMemory;
    }
}
