using System.Buffers.Binary;

namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>The 20 bytes in front of every datagram (BEP 29), big-endian.</summary>
internal readonly record struct UtpHeader
{
    public const int Length = 20;
    private const byte Version = 1;

    public UtpPacketType Type { get; init; }

    /// <summary>Kind of the first extension; 0 for none.</summary>
    public byte Extension { get; init; }

    public ushort ConnectionId { get; init; }

    /// <summary>Microseconds of the sender's clock.</summary>
    public uint Timestamp { get; init; }

    /// <summary>How long the other side's last packet took, by both clocks.</summary>
    public uint TimestampDifference { get; init; }

    /// <summary>Bytes that the sender can still take.</summary>
    public uint Window { get; init; }

    public ushort Sequence { get; init; }

    public ushort Ack { get; init; }

    /// <summary>True when a datagram begins like a uTP header: no bencoded message does.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= Length && (datagram[0] & 0x0F) == Version && datagram[0] >> 4 <= (int)UtpPacketType.Syn;

    public static bool TryRead(ReadOnlySpan<byte> datagram, out UtpHeader header)
    {
        header = default;
        if (!IsLikely(datagram))
        {
            return false;
        }
        header = new UtpHeader
        {
            Type = (UtpPacketType)(datagram[0] >> 4),
            Extension = datagram[1],
            ConnectionId = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]),
            Timestamp = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            TimestampDifference = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]),
            Window = BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]),
            Sequence = BinaryPrimitives.ReadUInt16BigEndian(datagram[16..]),
            Ack = BinaryPrimitives.ReadUInt16BigEndian(datagram[18..]),
        };
        return true;
    }

    public void Write(Span<byte> datagram)
    {
        datagram[0] = (byte)(((int)Type << 4) | Version);
        datagram[1] = Extension;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], ConnectionId);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[4..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[8..], TimestampDifference);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[12..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[16..], Sequence);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[18..], Ack);
    }
}
