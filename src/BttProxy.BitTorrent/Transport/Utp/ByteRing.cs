using System.Buffers;

namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>Bytes in order, put in at one end and taken out at the other. Takes memory as it fills and gives all of it back when it is empty.</summary>
internal sealed class ByteRing
{
    private const int FirstLength = 4096;

    // A power of two long, or empty.
    private byte[] _buffer = [];
    private int _head;

    public int Count { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(Count + bytes.Length);
        var tail = (_head + Count) & (_buffer.Length - 1);
        var first = Math.Min(bytes.Length, _buffer.Length - tail);
        bytes[..first].CopyTo(_buffer.AsSpan(tail));
        bytes[first..].CopyTo(_buffer);
        Count += bytes.Length;
    }

    /// <summary>Copies bytes that stay, beginning so far behind the oldest.</summary>
    public void Peek(int offset, Span<byte> target)
    {
        if (target.IsEmpty)
        {
            return;
        }
        var start = (_head + offset) & (_buffer.Length - 1);
        var first = Math.Min(target.Length, _buffer.Length - start);
        _buffer.AsSpan(start, first).CopyTo(target);
        _buffer.AsSpan(0, target.Length - first).CopyTo(target[first..]);
    }

    public int Read(Span<byte> target)
    {
        var count = Math.Min(target.Length, Count);
        Peek(0, target[..count]);
        Discard(count);
        return count;
    }

    public void Discard(int count)
    {
        Count -= count;
        if (Count == 0)
        {
            Clear();
        }
        else
        {
            _head = (_head + count) & (_buffer.Length - 1);
        }
    }

    public void Clear()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
        _head = 0;
        Count = 0;
    }

    private void Reserve(int count)
    {
        if (count <= _buffer.Length)
        {
            return;
        }
        var larger = ArrayPool<byte>.Shared.Rent((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, FirstLength)));
        var kept = Count;
        Peek(0, larger.AsSpan(0, kept));
        Clear();
        _buffer = larger;
        Count = kept;
    }
}
