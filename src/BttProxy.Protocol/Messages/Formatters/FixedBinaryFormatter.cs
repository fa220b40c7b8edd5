using System.Buffers;
using MessagePack;
using MessagePack.Formatters;

namespace BttProxy.Protocol.Messages.Formatters;

/// <summary>A value as binary data of one fixed length; any other length, and nil, is refused.</summary>
internal sealed class FixedBinaryFormatter<T>(int length, FixedBinaryFormatter<T>.Copy copy, FixedBinaryFormatter<T>.Read read)
    : IMessagePackFormatter<T>
{
    public delegate void Copy(T value, Span<byte> destination);

    public delegate T Read(ReadOnlySpan<byte> bytes);

    public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options)
    {
        writer.WriteBinHeader(length);
        copy(value, writer.GetSpan(length)[..length]);
        writer.Advance(length);
    }

    public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var sequence = reader.ReadBytes();
        if (sequence is null || sequence.Value.Length != length)
        {
            throw new MessagePackSerializationException($"Expected {length} bytes.");
        }

        Span<byte> bytes = stackalloc byte[length];
        sequence.Value.CopyTo(bytes);
        return read(bytes);
    }
}
