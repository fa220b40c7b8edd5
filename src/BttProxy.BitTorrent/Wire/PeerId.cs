using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Wire;

/// <summary>The 20 bytes by which a peer names itself (BEP 3, BEP 20).</summary>
internal readonly record struct PeerId(UInt128 High, uint Low) : IComparable<PeerId>
{
    public const int Length = 20;

    public static PeerId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..Length]));

    /// <summary>A fresh id in the usual form: client, version, random.</summary>
    public static PeerId Create()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        "-BX0100-"u8.CopyTo(bytes);
        return Read(bytes);
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Low);
    }

    public int CompareTo(PeerId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);
}
