using System.Buffers;
using System.Buffers.Binary;

namespace BttProxy.BitTorrent.Wire;

/// <summary>Collects messages for one flush.</summary>
internal sealed class MessageWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public int Length => _buffer.WrittenCount;

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public void Clear() => _buffer.ResetWrittenCount();

    public void WriteKeepAlive() => _buffer.Write<byte>([0, 0, 0, 0]);

    public void Write(PeerMessageId id) => Begin(id, 0);

    public void WriteHave(int piece)
    {
        Begin(PeerMessageId.Have, 4);
        WriteInt32(piece);
    }

    public void WriteBitfield(ReadOnlySpan<byte> bits)
    {
        Begin(PeerMessageId.Bitfield, bits.Length);
        _buffer.Write(bits);
    }

    /// <param name="id">REQUEST, CANCEL or REJECT.</param>
    /// <param name="request">The block.</param>
    public void Write(PeerMessageId id, BlockRequest request)
    {
        Begin(id, BlockRequest.EncodedLength);
        WriteInt32(request.Piece);
        WriteInt32(request.Begin);
        WriteInt32(request.Length);
    }

    /// <param name="id">HASH REQUEST or HASH REJECT, or HASHES with the hashes.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="hashes">The answer.</param>
    public void Write(PeerMessageId id, HashRequest request, ReadOnlySpan<byte> hashes = default)
    {
        Begin(id, HashRequest.EncodedLength + hashes.Length);
        request.Write(_buffer.GetSpan(HashRequest.EncodedLength));
        _buffer.Advance(HashRequest.EncodedLength);
        _buffer.Write(hashes);
    }

    /// <summary>The head of a PIECE message; the block's bytes follow it on the wire.</summary>
    public static int WritePieceHead(Span<byte> destination, BlockRequest request)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, 9 + request.Length);
        destination[4] = (byte)PeerMessageId.Piece;
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], request.Piece);
        BinaryPrimitives.WriteInt32BigEndian(destination[9..], request.Begin);
        return 13;
    }

    public void WriteExtended(byte extensionId, ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail = default)
    {
        Begin(PeerMessageId.Extended, 1 + head.Length + tail.Length);
        _buffer.Write<byte>([extensionId]);
        _buffer.Write(head);
        _buffer.Write(tail);
    }

    private void Begin(PeerMessageId id, int payloadLength)
    {
        var span = _buffer.GetSpan(5);
        BinaryPrimitives.WriteInt32BigEndian(span, 1 + payloadLength);
        span[4] = (byte)id;
        _buffer.Advance(5);
    }

    private void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }
}
