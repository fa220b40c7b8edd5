using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent;

/// <summary>SHA-256 of a torrent's info dictionary (BEP 52): 32 bytes, shown as 64 lower-case hexadecimal digits.</summary>
public readonly struct InfoHashV2 : IEquatable<InfoHashV2>
{
    public const int Length = 32;

    private readonly Sha256Bytes _bytes;

    /// <param name="bytes">Exactly 32 bytes.</param>
    public InfoHashV2(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        bytes.CopyTo(_bytes);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The first 20 bytes: what handshakes, trackers and the DHT know the torrent by.</summary>
    public InfoHash Truncated => new(Span[..InfoHash.Length]);

    /// <summary>Over the bytes of an info dictionary as they were received, never re-encoded.</summary>
    public static InfoHashV2 Compute(ReadOnlySpan<byte> infoDictionary)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA256.HashData(infoDictionary, hash);
        return new InfoHashV2(hash);
    }

    /// <summary>Reads 64 hexadecimal digits, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out InfoHashV2 infoHash)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var read = text.Length == Length * 2 && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
        infoHash = read ? new InfoHashV2(bytes) : default;
        return read;
    }

    public bool Equals(InfoHashV2 other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is InfoHashV2 other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Convert.ToHexStringLower(Span);

    public static bool operator ==(InfoHashV2 left, InfoHashV2 right) => left.Equals(right);

    public static bool operator !=(InfoHashV2 left, InfoHashV2 right) => !left.Equals(right);

    [InlineArray(Length)]
    private struct Sha256Bytes
    {
        private byte _first;
    }
}
