using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace BttProxy.Protocol.Keys;

/// <summary>65 bytes r ‖ s ‖ v, unchecked: a holder of bytes, not a promise that they verify.</summary>
public readonly struct RecoverableSignature : IEquatable<RecoverableSignature>
{
    public const int Length = 65;

    private readonly Buffer _buffer;

    /// <exception cref="ArgumentException">Not exactly 65 bytes.</exception>
    public RecoverableSignature(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"Expected {Length} bytes, got {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(_buffer);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _buffer;

    public static bool operator ==(RecoverableSignature left, RecoverableSignature right) => left.Equals(right);

    public static bool operator !=(RecoverableSignature left, RecoverableSignature right) => !left.Equals(right);

    public static RecoverableSignature From(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>Reads 130 hexadecimal digits, with or without 0x in front.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out RecoverableSignature signature)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = Hex.TryDecode(text, bytes);
        signature = parsed ? new RecoverableSignature(bytes) : default;
        return parsed;
    }

    /// <exception cref="FormatException">Not 130 hexadecimal digits.</exception>
    public static RecoverableSignature Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var signature) ? signature : throw new FormatException("Expected 130 hexadecimal digits.");

    public void CopyTo(Span<byte> destination) => Span.CopyTo(destination);

    public byte[] ToArray() => Span.ToArray();

    public bool Equals(RecoverableSignature other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is RecoverableSignature other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>0x and 130 lower-case hexadecimal digits.</summary>
    public override string ToString() => "0x" + Convert.ToHexStringLower(Span);

    [InlineArray(Length)]
    private struct Buffer
    {
        private byte _element;
    }
}
