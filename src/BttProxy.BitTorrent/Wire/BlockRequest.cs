using System.Buffers.Binary;

namespace BttProxy.BitTorrent.Wire;

/// <summary>A part of a piece, as REQUEST, CANCEL and REJECT name it.</summary>
internal readonly record struct BlockRequest(int Piece, int Begin, int Length)
{
    /// <summary>What everybody asks for at once; larger requests are refused by many peers.</summary>
    public const int BlockLength = 16 * 1024;

    public const int EncodedLength = 12;

    /// <summary>False when the payload has another size or numbers that cannot be.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out BlockRequest request)
    {
        request = default;
        if (payload.Length != EncodedLength)
        {
            return false;
        }
        request = new BlockRequest(
            BinaryPrimitives.ReadInt32BigEndian(payload),
            BinaryPrimitives.ReadInt32BigEndian(payload[4..]),
            BinaryPrimitives.ReadInt32BigEndian(payload[8..]));
        return request.Piece >= 0 && request.Begin >= 0 && request.Length > 0;
    }
}
