using System.Buffers;
using System.Buffers.Text;

namespace BttProxy.BitTorrent.Bencoding;

/// <summary>Writes bencoding (BEP 3). The caller writes dictionary keys in byte order, each once.</summary>
public readonly struct BencodeWriter(IBufferWriter<byte> output)
{
    private const int MaxNumberLength = 20;

    public void BeginDictionary() => WriteByte((byte)'d');

    public void BeginList() => WriteByte((byte)'l');

    /// <summary>Ends the list or dictionary begun last.</summary>
    public void End() => WriteByte((byte)'e');

    public void WriteInteger(long value)
    {
        var span = output.GetSpan(MaxNumberLength + 2);
        span[0] = (byte)'i';
        Utf8Formatter.TryFormat(value, span[1..], out var written);
        span[written + 1] = (byte)'e';
        output.Advance(written + 2);
    }

    public void WriteString(ReadOnlySpan<byte> bytes)
    {
        WriteLength(bytes.Length);
        output.Write(bytes);
    }

    public void WriteString(string text) => WriteString(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes that are one bencoded value already.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bencoded) => output.Write(bencoded);

    public void WriteEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        WriteString(key);
        WriteString(value);
    }

    public void WriteEntry(ReadOnlySpan<byte> key, long value)
    {
        WriteString(key);
        WriteInteger(value);
    }

    public void WriteRawEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bencoded)
    {
        WriteString(key);
        WriteRaw(bencoded);
    }

    /// <summary>The head of a string whose <paramref name="length"/> bytes the caller writes by itself.</summary>
    public void WriteLength(int length)
    {
        var span = output.GetSpan(MaxNumberLength);
        Utf8Formatter.TryFormat(length, span, out var written);
        span[written] = (byte)':';
        output.Advance(written + 1);
    }

    private void WriteByte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
