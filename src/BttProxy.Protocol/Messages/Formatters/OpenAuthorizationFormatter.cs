using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using MessagePack;

namespace BttProxy.Protocol.Messages.Formatters;

internal sealed class OpenAuthorizationFormatter() : FixedArrayFormatter<OpenAuthorization>(4, allowNull: true)
{
    protected override void Write(ref MessagePackWriter writer, OpenAuthorization value, MessagePackSerializerOptions options)
    {
        Put(ref writer, value.Amount, options);
        writer.Write(value.Epoch);
        writer.Write(value.Deadline);
        Put(ref writer, value.Signature, options);
    }

    protected override OpenAuthorization Read(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        new(
            Take<TokenAmount>(ref reader, options),
            reader.ReadUInt64(),
            TakeUInt40(ref reader),
            Take<RecoverableSignature>(ref reader, options));
}
