using BttProxy.Protocol.Money;
using MessagePack;
using MessagePack.Formatters;

namespace BttProxy.Protocol.Messages.Formatters;

internal sealed class ByteCountFormatter : IMessagePackFormatter<ByteCount>
{
    public void Serialize(ref MessagePackWriter writer, ByteCount value, MessagePackSerializerOptions options) =>
        writer.Write(value.Value);

    public ByteCount Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var value = reader.ReadInt64();
        return value >= 0 ? new ByteCount(value) : throw new MessagePackSerializationException("Expected a number of bytes.");
    }
}
