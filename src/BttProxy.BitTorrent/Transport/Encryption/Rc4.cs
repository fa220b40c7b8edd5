using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>
/// The RC4 keystream of one direction, without its first 1,024 bytes. It hides what protocol is spoken and keeps no secret: that is all that
/// it is for here, so nothing in this folder cares for constant time.
/// </summary>
internal sealed class Rc4
{
    private const int StateLength = 256;
    private const int Discarded = 1024;

    // Bytes in words: 550 MB/s where an array of bytes gave 400, since no store is narrower than the load that follows it.
    private readonly uint[] _state = new uint[StateLength];
    private byte _i;
    private byte _j;

    public Rc4(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < StateLength; i++)
        {
            _state[i] = (uint)i;
        }
        byte j = 0;
        for (var i = 0; i < StateLength; i++)
        {
            j += (byte)(_state[i] + key[i % key.Length]);
            (_state[i], _state[j]) = (_state[j], _state[i]);
        }
        Skip(Discarded);
    }

    /// <summary>Goes on as if so many bytes had been read.</summary>
    public void Skip(int count)
    {
        Span<byte> scratch = stackalloc byte[256];
        for (; count > 0; count -= scratch.Length)
        {
            Apply(scratch[..Math.Min(count, scratch.Length)]);
        }
    }

    public void Apply(Span<byte> bytes) => Apply(bytes, bytes);

    /// <param name="source">Clear or encrypted.</param>
    /// <param name="destination">At least as long; the other of the two. It is the same memory or does not overlap.</param>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ref var state = ref MemoryMarshal.GetArrayDataReference(_state);
        nuint i = _i;
        nuint j = _j;
        while (source.Length >= sizeof(ulong))
        {
            var keystream = (ulong)Next(ref state, ref i, ref j);
            keystream |= (ulong)Next(ref state, ref i, ref j) << 8;
            keystream |= (ulong)Next(ref state, ref i, ref j) << 16;
            keystream |= (ulong)Next(ref state, ref i, ref j) << 24;
            keystream |= (ulong)Next(ref state, ref i, ref j) << 32;
            keystream |= (ulong)Next(ref state, ref i, ref j) << 40;
            keystream |= (ulong)Next(ref state, ref i, ref j) << 48;
            keystream |= (ulong)Next(ref state, ref i, ref j) << 56;
            BinaryPrimitives.WriteUInt64LittleEndian(destination, BinaryPrimitives.ReadUInt64LittleEndian(source) ^ keystream);
            source = source[sizeof(ulong)..];
            destination = destination[sizeof(ulong)..];
        }
        for (var at = 0; at < source.Length; at++)
        {
            destination[at] = (byte)(source[at] ^ Next(ref state, ref i, ref j));
        }
        _i = (byte)i;
        _j = (byte)j;
    }

    // All indices are bytes and the state has 256 words: bounds need no check.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Next(ref uint state, ref nuint i, ref nuint j)
    {
        i = (byte)(i + 1);
        var x = Unsafe.Add(ref state, i);
        j = (byte)(j + x);
        var y = Unsafe.Add(ref state, j);
        Unsafe.Add(ref state, i) = y;
        Unsafe.Add(ref state, j) = x;
        return Unsafe.Add(ref state, (nuint)(byte)(x + y));
    }
}
