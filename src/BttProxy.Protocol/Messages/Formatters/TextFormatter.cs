using MessagePack;
using MessagePack.Formatters;

namespace BttProxy.Protocol.Messages.Formatters;

/// <summary>Text is always present; MessagePack's own formatter would let nil pass as null.</summary>
internal sealed class TextFormatter : IMessagePackFormatter<string>
{
    public void Serialize(ref MessagePackWriter writer, string value, MessagePackSerializerOptions options) => writer.Write(value);

    public string Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        reader.ReadString() ?? throw new MessagePackSerializationException("Expected text.");
}
