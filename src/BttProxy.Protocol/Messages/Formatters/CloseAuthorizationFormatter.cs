using BttProxy.Protocol.Keys;
using MessagePack;

namespace BttProxy.Protocol.Messages.Formatters;

internal sealed class CloseAuthorizationFormatter() : FixedArrayFormatter<CloseAuthorization>(2, allowNull: true)
{
    protected override void Write(ref MessagePackWriter writer, CloseAuthorization value, MessagePackSerializerOptions options)
    {
        writer.Write(value.Deadline);
        Put(ref writer, value.Signature, options);
    }

    protected override CloseAuthorization Read(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        new(TakeUInt40(ref reader), Take<RecoverableSignature>(ref reader, options));
}
