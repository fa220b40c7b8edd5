using BttProxy.Protocol.Channels;
using MessagePack;
using MessagePack.Formatters;

namespace BttProxy.Protocol.Messages.Formatters;

internal sealed class SignedVoucherFormatter : IMessagePackFormatter<SignedVoucher>
{
    private const int Count = 4;

    public void Serialize(ref MessagePackWriter writer, SignedVoucher value, MessagePackSerializerOptions options)
    {
        writer.WriteArrayHeader(Count);
        WireFormat.ChannelIds.Serialize(ref writer, value.Voucher.ChannelId, options);
        writer.Write(value.Voucher.Epoch);
        WireFormat.Amounts.Serialize(ref writer, value.Voucher.Cumulative, options);
        WireFormat.Signatures.Serialize(ref writer, value.Signature, options);
    }

    public SignedVoucher Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.ReadArrayHeader() != Count)
        {
            throw new MessagePackSerializationException($"Expected {Count} fields.");
        }

        var channelId = WireFormat.ChannelIds.Deserialize(ref reader, options);
        var epoch = reader.ReadUInt64();
        var cumulative = WireFormat.Amounts.Deserialize(ref reader, options);
        return new SignedVoucher(new Voucher(channelId, epoch, cumulative), WireFormat.Signatures.Deserialize(ref reader, options));
    }
}
