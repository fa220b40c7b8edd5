using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using MessagePack;

namespace BttProxy.Protocol.Messages.Formatters;

internal sealed class ChannelTermsFormatter() : FixedArrayFormatter<ChannelTerms>(7, allowNull: false)
{
    protected override void Write(ref MessagePackWriter writer, ChannelTerms value, MessagePackSerializerOptions options)
    {
        Put(ref writer, value.Payer, options);
        Put(ref writer, value.Signer, options);
        Put(ref writer, value.Payee, options);
        Put(ref writer, value.PayeeAuthorizer, options);
        Put(ref writer, value.Token, options);
        writer.Write(value.WithdrawDelay);
        Put(ref writer, value.Salt, options);
    }

    protected override ChannelTerms Read(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        new(
            Take<TronAddress>(ref reader, options),
            Take<TronAddress>(ref reader, options),
            Take<TronAddress>(ref reader, options),
            Take<TronAddress>(ref reader, options),
            Take<TronAddress>(ref reader, options),
            TakeUInt40(ref reader),
            Take<Bytes32>(ref reader, options));
}
