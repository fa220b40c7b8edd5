using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using MessagePack;

namespace BttProxy.Protocol.Messages.Formatters;

internal sealed class SessionProofFormatter() : FixedArrayFormatter<SessionProof>(6, allowNull: false)
{
    protected override void Write(ref MessagePackWriter writer, SessionProof value, MessagePackSerializerOptions options)
    {
        writer.Write(value.Epoch);
        Put(ref writer, value.RecordHash, options);
        Put(ref writer, value.Price, options);
        writer.Write(value.Timestamp);
        Put(ref writer, value.Nonce, options);
        Put(ref writer, value.Signature, options);
    }

    protected override SessionProof Read(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        new(
            reader.ReadUInt64(),
            Take<Bytes32>(ref reader, options),
            Take<PricePerMegabyte>(ref reader, options),
            reader.ReadUInt64(),
            Take<Bytes32>(ref reader, options),
            Take<RecoverableSignature>(ref reader, options));
}
