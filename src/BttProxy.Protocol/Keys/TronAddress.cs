using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace BttProxy.Protocol.Keys;

/// <summary>
/// The 20 bytes of a TRON account. Text carries the prefix 0x41 and a checksum (Base58Check, "T..."); typed data
/// and our messages carry the 20 bytes alone.
/// </summary>
public readonly struct TronAddress : IEquatable<TronAddress>
{
    public const int Length = 20;

    internal const byte Prefix = 0x41;

    private readonly Buffer _buffer;

    /// <exception cref="ArgumentException">Not exactly 20 bytes.</exception>
    public TronAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"Expected {Length} bytes, got {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(_buffer);
    }

    public static TronAddress Zero => default;

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _buffer;

    public static bool operator ==(TronAddress left, TronAddress right) => left.Equals(right);

    public static bool operator !=(TronAddress left, TronAddress right) => !left.Equals(right);

    /// <summary>The address of an uncompressed public key without its 0x04 prefix: the last 20 bytes of its Keccak hash.</summary>
    /// <param name="publicKey">X and Y, 64 bytes.</param>
    public static TronAddress FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, 64, nameof(publicKey));
        var hash = Keccak256.Hash(publicKey);
        return new TronAddress(hash.Span[^Length..]);
    }

    /// <summary>Reads Base58Check text. Hexadecimal is refused: it has no checksum.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TronAddress address)
    {
        Span<byte> bytes = stackalloc byte[Length + 1];
        var parsed = Base58Check.TryDecode(text, bytes) && bytes[0] == Prefix;
        address = parsed ? new TronAddress(bytes[1..]) : default;
        return parsed;
    }

    /// <exception cref="FormatException">Not a TRON address.</exception>
    public static TronAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var address)
            ? address
            : throw new FormatException("A TRON address is 34 characters that start with T; check it for a typing error.");

    public void CopyTo(Span<byte> destination) => Span.CopyTo(destination);

    public byte[] ToArray() => Span.ToArray();

    public bool Equals(TronAddress other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is TronAddress other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Base58Check text, "T...".</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length + 1];
        bytes[0] = Prefix;
        CopyTo(bytes[1..]);
        return Base58Check.Encode(bytes);
    }

    [InlineArray(Length)]
    private struct Buffer
    {
        private byte _element;
    }
}
