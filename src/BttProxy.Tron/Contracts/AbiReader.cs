using System.Buffers.Binary;
using BttProxy.Protocol.Keys;

namespace BttProxy.Tron.Contracts;

/// <summary>
/// Reads words of 32 bytes that a node sent. After the first that is missing or does not fit its type, everything reads as zero and
/// <see cref="IsValid"/> is false: ask once, at the end.
/// </summary>
internal ref struct AbiReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;
    private bool _failed;

    /// <summary>All words fitted, and none is left.</summary>
    public readonly bool IsValid => !_failed && _position == _data.Length;

    public Bytes32 Word()
    {
        if (_failed || _data.Length - _position < AbiWriter.WordLength)
        {
            _failed = true;
            return Bytes32.Zero;
        }

        var word = new Bytes32(_data.Slice(_position, AbiWriter.WordLength));
        _position += AbiWriter.WordLength;
        return word;
    }

    public TronAddress Address()
    {
        var word = Word();
        return Fits(word, TronAddress.Length) ? new TronAddress(word.Span[^TronAddress.Length..]) : default;
    }

    public UInt128 Amount()
    {
        var word = Word();
        return Fits(word, 16) ? BinaryPrimitives.ReadUInt128BigEndian(word.Span[16..]) : default;
    }

    public ulong Number(ulong max = ulong.MaxValue)
    {
        var word = Word();
        var value = Fits(word, 8) ? BinaryPrimitives.ReadUInt64BigEndian(word.Span[24..]) : default;
        _failed |= value > max;
        return _failed ? 0 : value;
    }

    public bool Flag() => Number(1) == 1;

    private bool Fits(Bytes32 word, int length)
    {
        _failed |= word.Span[..^length].ContainsAnyExcept((byte)0);
        return !_failed;
    }
}
