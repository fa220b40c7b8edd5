using System.Buffers.Binary;
using BttProxy.Protocol.Keys;

namespace BttProxy.Tron.Node;

/// <summary>
/// The recent block that a transaction names, so that it is valid on that chain only (TAPOS). Name a solidified one, as nodes do: then no
/// fork can make it fail.
/// </summary>
/// <param name="BlockId">Number (8 bytes, big-endian), then the last 24 bytes of the header's SHA-256.</param>
public readonly record struct BlockReference(Bytes32 BlockId)
{
    public long Number => BinaryPrimitives.ReadInt64BigEndian(BlockId.Span);

    /// <summary>The low 16 bits of the number.</summary>
    internal ReadOnlyMemory<byte> Bytes => BlockId.Span[6..8].ToArray();

    /// <summary>The first 8 bytes of the hash part.</summary>
    internal ReadOnlyMemory<byte> Hash => BlockId.Span[8..16].ToArray();
}
