using System.Buffers.Binary;

namespace BttProxy.BitTorrent.Wire;

/// <summary>One length-prefixed message inside a receive buffer. A keep-alive has no id.</summary>
internal readonly ref struct PeerFrame(PeerMessageId? id, ReadOnlySpan<byte> payload)
{
    /// <summary>Holds the bitfield of the largest torrent, and any PIECE many times over.</summary>
    public const int MaxLength = 128 * 1024 + 64;

    public const int PrefixLength = 4;

    public PeerMessageId? Id { get; } = id;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Bytes of the frame with its prefix.</summary>
    public int Length => PrefixLength + (Id is null ? 0 : 1 + Payload.Length);

    public static FrameStatus TryRead(ReadOnlySpan<byte> buffer, out PeerFrame frame)
    {
        frame = default;
        if (buffer.Length < PrefixLength)
        {
            return FrameStatus.Incomplete;
        }
        var length = BinaryPrimitives.ReadUInt32BigEndian(buffer);
        if (length > MaxLength)
        {
            return FrameStatus.TooLong;
        }
        if (buffer.Length - PrefixLength < length)
        {
            return FrameStatus.Incomplete;
        }
        if (length > 0)
        {
            frame = new PeerFrame((PeerMessageId)buffer[PrefixLength], buffer.Slice(PrefixLength + 1, (int)length - 1));
        }
        return FrameStatus.Complete;
    }
}

internal enum FrameStatus
{
    Incomplete = 0,
    Complete = 1,
    TooLong = 2,
}
