using System.Numerics;

namespace BttProxy.BitTorrent.Storage;

/// <summary>
/// One bit per piece, the first piece in the highest bit of the first byte (BEP 3). Bits are only ever set or cleared by the
/// owner; others may read at any time and see a recent state.
/// </summary>
public sealed class Bitfield
{
    private readonly byte[] _bytes;
    private int _count;

    public Bitfield(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _bytes = new byte[ByteCount(length)];
    }

    /// <summary>Number of pieces.</summary>
    public int Length { get; }

    /// <summary>Number of set bits.</summary>
    public int Count => Volatile.Read(ref _count);

    public bool IsComplete => Count == Length;

    public bool this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
            return (Volatile.Read(ref _bytes[index >> 3]) & (0x80 >> (index & 7))) != 0;
        }
    }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    public byte[] ToBytes() => (byte[])_bytes.Clone();

    internal static int ByteCount(int length) => (int)(((long)length + 7) / 8);

    /// <summary>False when the size is wrong or a spare bit at the end is set.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> bytes, int length, out Bitfield bitfield)
    {
        bitfield = new Bitfield(length);
        if (bytes.Length != bitfield._bytes.Length)
        {
            return false;
        }
        if ((length & 7) != 0 && (bytes[^1] & (0xff >> (length & 7))) != 0)
        {
            return false;
        }
        bytes.CopyTo(bitfield._bytes);
        foreach (var value in bytes)
        {
            bitfield._count += BitOperations.PopCount(value);
        }
        return true;
    }

    /// <returns>True when the bit was clear.</returns>
    internal bool Set(int index)
    {
        if (this[index])
        {
            return false;
        }
        Volatile.Write(ref _bytes[index >> 3], (byte)(_bytes[index >> 3] | (0x80 >> (index & 7))));
        Volatile.Write(ref _count, _count + 1);
        return true;
    }

    /// <returns>True when the bit was set.</returns>
    internal bool Clear(int index)
    {
        if (!this[index])
        {
            return false;
        }
        Volatile.Write(ref _bytes[index >> 3], (byte)(_bytes[index >> 3] & ~(0x80 >> (index & 7))));
        Volatile.Write(ref _count, _count - 1);
        return true;
    }

    internal void SetAll()
    {
        for (var i = 0; i < Length; i++)
        {
            Set(i);
        }
    }
}
