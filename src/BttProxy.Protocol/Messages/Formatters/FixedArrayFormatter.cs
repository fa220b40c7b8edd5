using MessagePack;
using MessagePack.Formatters;

namespace BttProxy.Protocol.Messages.Formatters;

/// <summary>A record as an array of exactly the expected length; nil only where null is allowed.</summary>
internal abstract class FixedArrayFormatter<T>(int count, bool allowNull) : IMessagePackFormatter<T?>
    where T : class
{
    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(count);
        Write(ref writer, value, options);
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (allowNull && reader.TryReadNil())
        {
            return null;
        }

        if (reader.ReadArrayHeader() != count)
        {
            throw new MessagePackSerializationException($"Expected {count} fields.");
        }

        return Read(ref reader, options);
    }

    protected static void Put<TField>(ref MessagePackWriter writer, TField value, MessagePackSerializerOptions options) =>
        options.Resolver.GetFormatterWithVerify<TField>().Serialize(ref writer, value, options);

    protected static TField Take<TField>(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        options.Resolver.GetFormatterWithVerify<TField>().Deserialize(ref reader, options);

    /// <summary>Solidity's uint40: above it the record could not be put on chain.</summary>
    protected static ulong TakeUInt40(ref MessagePackReader reader)
    {
        var value = reader.ReadUInt64();
        return value <= ProtocolConstants.MaxUInt40
            ? value
            : throw new MessagePackSerializationException("Expected a number of at most 40 bits.");
    }

    protected abstract void Write(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options);

    protected abstract T Read(ref MessagePackReader reader, MessagePackSerializerOptions options);
}
