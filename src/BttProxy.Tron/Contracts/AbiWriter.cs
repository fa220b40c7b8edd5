using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using BttProxy.Protocol.Keys;

namespace BttProxy.Tron.Contracts;

/// <summary>Writes a call of a contract: the selector, then words of 32 bytes. All types of our contracts but one array are static.</summary>
internal sealed class AbiWriter
{
    public const int WordLength = 32;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    public AbiWriter(string signature) => _buffer.Write(Selector(signature));

    /// <summary>The first four bytes of the signature's hash.</summary>
    public static byte[] Selector(string signature) => Keccak256.Hash(Encoding.ASCII.GetBytes(signature)).Span[..4].ToArray();

    public AbiWriter Add(Bytes32 value)
    {
        _buffer.Write(value.Span);
        return this;
    }

    public AbiWriter Add(TronAddress value)
    {
        Span<byte> word = stackalloc byte[WordLength];
        value.CopyTo(word[^TronAddress.Length..]);
        _buffer.Write(word);
        return this;
    }

    public AbiWriter Add(UInt128 value)
    {
        Span<byte> word = stackalloc byte[WordLength];
        BinaryPrimitives.WriteUInt128BigEndian(word[16..], value);
        _buffer.Write(word);
        return this;
    }

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();
}
