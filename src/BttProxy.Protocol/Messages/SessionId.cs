using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BttProxy.Protocol.Messages;

/// <summary>Names a session; 16 random bytes, big-endian on the wire. Not a secret: the bearer token is.</summary>
public readonly record struct SessionId(UInt128 Value)
{
    public const int Length = 16;

    /// <exception cref="ArgumentException">Not exactly 16 bytes.</exception>
    public SessionId(ReadOnlySpan<byte> bytes)
        : this(bytes.Length == Length
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw new ArgumentException($"Expected {Length} bytes, got {bytes.Length}.", nameof(bytes)))
    {
    }

    public static SessionId Generate()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        return new SessionId(bytes);
    }

    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
