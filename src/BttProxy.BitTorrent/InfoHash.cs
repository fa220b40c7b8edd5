using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent;

/// <summary>
/// What a torrent goes by in swarms: SHA-1 of its info dictionary (BEP 3), or the first bytes of its SHA-256 (BEP 52). 20 bytes, shown as
/// 40 lower-case hexadecimal digits.
/// </summary>
public readonly struct InfoHash : IEquatable<InfoHash>
{
    public const int Length = 20;
    private const int Base32Length = 32;
    private const string Base32Digits = "abcdefghijklmnopqrstuvwxyz234567";

    private readonly Bytes20 _bytes;

    /// <param name="bytes">Exactly 20 bytes.</param>
    public InfoHash(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        bytes.CopyTo(_bytes);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The v1 info-hash: over the bytes of an info dictionary as they were received, never re-encoded.</summary>
    public static InfoHash Compute(ReadOnlySpan<byte> infoDictionary)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA1.HashData(infoDictionary, hash);
        return new InfoHash(hash);
    }

    /// <summary>True when the bytes are the info dictionary that goes by this info-hash, in v1 or in v2.</summary>
    public bool Names(ReadOnlySpan<byte> infoDictionary) =>
        Compute(infoDictionary) == this || InfoHashV2.Compute(infoDictionary).Truncated == this;

    /// <summary>Reads 40 hexadecimal digits or 32 base32 digits (BEP 9), in either case.</summary>
    public static InfoHash Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException("An info-hash is 40 hexadecimal or 32 base32 digits.");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse(ReadOnlySpan<char> text, out InfoHash infoHash)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var read = text.Length switch
        {
            Length * 2 => Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done,
            Base32Length => TryReadBase32(text, bytes),
            _ => false,
        };
        infoHash = read ? new InfoHash(bytes) : default;
        return read;
    }

    private static bool TryReadBase32(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        ulong bits = 0;
        var count = 0;
        var written = 0;
        foreach (var character in text)
        {
            var digit = Base32Digits.IndexOf(char.ToLowerInvariant(character), StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }
            bits = (bits << 5) | (uint)digit;
            count += 5;
            if (count >= 8)
            {
                count -= 8;
                bytes[written++] = (byte)(bits >> count);
            }
        }
        return true;
    }

    public bool Equals(InfoHash other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is InfoHash other && Equals(other);

    // A SHA-1 is uniform, but a peer may choose it: fold all of it with the per-process seed of HashCode.
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Convert.ToHexStringLower(Span);

    public static bool operator ==(InfoHash left, InfoHash right) => left.Equals(right);

    public static bool operator !=(InfoHash left, InfoHash right) => !left.Equals(right);
}
