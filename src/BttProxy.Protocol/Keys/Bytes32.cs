using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace BttProxy.Protocol.Keys;

/// <summary>32 bytes with value equality: a hash, a salt, a nonce, a public key.</summary>
public readonly struct Bytes32 : IEquatable<Bytes32>
{
    public const int Length = 32;

    private readonly Buffer _buffer;

    /// <exception cref="ArgumentException">Not exactly 32 bytes.</exception>
    public Bytes32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"Expected {Length} bytes, got {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(_buffer);
    }

    public static Bytes32 Zero => default;

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _buffer;

    public static bool operator ==(Bytes32 left, Bytes32 right) => left.Equals(right);

    public static bool operator !=(Bytes32 left, Bytes32 right) => !left.Equals(right);

    /// <summary>Reads 64 hexadecimal digits, with or without 0x in front.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = Hex.TryDecode(text, bytes);
        value = parsed ? new Bytes32(bytes) : default;
        return parsed;
    }

    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static Bytes32 Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException("Expected 64 hexadecimal digits.");

    public void CopyTo(Span<byte> destination) => Span.CopyTo(destination);

    public byte[] ToArray() => Span.ToArray();

    public bool Equals(Bytes32 other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is Bytes32 other && Equals(other);

    // Seeded per process: peers choose these bytes, so a fixed hash would let them fill one bucket.
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>0x and 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => "0x" + Convert.ToHexStringLower(Span);

    [InlineArray(Length)]
    private struct Buffer
    {
        private byte _element;
    }
}
