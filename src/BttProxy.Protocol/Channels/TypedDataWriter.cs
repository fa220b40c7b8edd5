using System.Buffers.Binary;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Channels;

/// <summary>
/// Packs the 32-byte words of one structure and hashes them (EIP-712 encodeData). TIP-712 differs in one point only:
/// an address is hashed without its prefix 0x41, which <see cref="TronAddress"/> does not hold.
/// </summary>
internal ref struct TypedDataWriter(Span<byte> buffer)
{
    public const int WordLength = 32;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public void Add(Bytes32 value) => value.CopyTo(Next());

    public void Add(TronAddress value)
    {
        var word = Next();
        word[..^TronAddress.Length].Clear();
        value.CopyTo(word[^TronAddress.Length..]);
    }

    public void Add(UInt128 value)
    {
        var word = Next();
        word[..16].Clear();
        BinaryPrimitives.WriteUInt128BigEndian(word[16..], value);
    }

    public readonly Bytes32 Hash() => Keccak256.Hash(_buffer[.._length]);

    private Span<byte> Next()
    {
        var word = _buffer.Slice(_length, WordLength);
        _length += WordLength;
        return word;
    }
}
