namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>One received datagram, in parts; it does not own the bytes.</summary>
internal readonly ref struct UtpPacket
{
    private const byte SelectiveAckExtension = 1;

    private UtpPacket(UtpHeader header, ReadOnlySpan<byte> selectiveAck, ReadOnlySpan<byte> payload)
    {
        Header = header;
        SelectiveAck = selectiveAck;
        Payload = payload;
    }

    public UtpHeader Header { get; }

    /// <summary>A bit for each packet after the first missing one; see <see cref="Utp.SelectiveAck"/>. Empty when there is none.</summary>
    public ReadOnlySpan<byte> SelectiveAck { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>False for what is no packet: another protocol, or extensions that reach beyond the end. Extensions we do not know are skipped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out UtpPacket packet)
    {
        packet = default;
        if (!UtpHeader.TryRead(datagram, out var header))
        {
            return false;
        }
        var rest = datagram[UtpHeader.Length..];
        var selectiveAck = ReadOnlySpan<byte>.Empty;
        var extension = header.Extension;
        // Each takes two bytes of the datagram at least, so the chain ends.
        while (extension != 0)
        {
            if (rest.Length < 2 || rest.Length - 2 < rest[1])
            {
                return false;
            }
            var content = rest.Slice(2, rest[1]);
            if (extension == SelectiveAckExtension)
            {
                selectiveAck = content;
            }
            extension = rest[0];
            rest = rest[(2 + content.Length)..];
        }
        packet = new UtpPacket(header, selectiveAck, rest);
        return true;
    }

    /// <summary>Writes the header and, when there is one, the selective ack; returns the length of both.</summary>
    public static int Write(Span<byte> datagram, UtpHeader header, ReadOnlySpan<byte> selectiveAck)
    {
        if (selectiveAck.IsEmpty)
        {
            header.Write(datagram);
            return UtpHeader.Length;
        }
        (header with { Extension = SelectiveAckExtension }).Write(datagram);
        datagram[UtpHeader.Length] = 0;
        datagram[UtpHeader.Length + 1] = (byte)selectiveAck.Length;
        selectiveAck.CopyTo(datagram[(UtpHeader.Length + 2)..]);
        return UtpHeader.Length + 2 + selectiveAck.Length;
    }
}
