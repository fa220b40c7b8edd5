namespace BttProxy.BitTorrent.Bencoding;

/// <summary>A parsed value. It points into the parsed memory, which must stay unchanged.</summary>
public abstract class BencodeValue
{
    private protected BencodeValue(ReadOnlyMemory<byte> raw) => Raw = raw;

    /// <summary>The value's own bytes as received: what hashes and signatures are computed over.</summary>
    public ReadOnlyMemory<byte> Raw { get; }
}

public sealed class BencodeInteger : BencodeValue
{
    internal BencodeInteger(ReadOnlyMemory<byte> raw, long value) : base(raw) => Value = value;

    public long Value { get; }
}

public sealed class BencodeString : BencodeValue
{
    internal BencodeString(ReadOnlyMemory<byte> raw, ReadOnlyMemory<byte> bytes) : base(raw) => Bytes = bytes;

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The bytes read as UTF-8; invalid sequences become U+FFFD.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Bytes.Span);
}

public sealed class BencodeList : BencodeValue
{
    internal BencodeList(ReadOnlyMemory<byte> raw, BencodeValue[] items) : base(raw) => Items = items;

    public IReadOnlyList<BencodeValue> Items { get; }
}
