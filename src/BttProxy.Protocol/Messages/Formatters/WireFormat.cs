using System.Buffers.Binary;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using MessagePack.Formatters;

namespace BttProxy.Protocol.Messages.Formatters;

/// <summary>Our values on the wire: amounts as 16 bytes big-endian, addresses as 20 bytes, ids as 32 bytes.</summary>
internal static class WireFormat
{
    public static readonly FixedBinaryFormatter<TokenAmount> Amounts = new(
        TokenAmount.EncodedLength,
        static (value, bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, value.Units),
        static bytes => new TokenAmount(BinaryPrimitives.ReadUInt128BigEndian(bytes)));

    public static readonly FixedBinaryFormatter<ChannelId> ChannelIds = new(
        Bytes32.Length, static (value, bytes) => value.Value.CopyTo(bytes), static bytes => new ChannelId(new Bytes32(bytes)));

    public static readonly FixedBinaryFormatter<RecoverableSignature> Signatures = new(
        RecoverableSignature.Length, static (value, bytes) => value.CopyTo(bytes), static bytes => new RecoverableSignature(bytes));

    public static readonly FixedBinaryFormatter<PricePerMegabyte> Prices = new(
        TokenAmount.EncodedLength,
        static (value, bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, value.Units),
        static bytes => new PricePerMegabyte(BinaryPrimitives.ReadUInt128BigEndian(bytes)));

    public static readonly FixedBinaryFormatter<Bytes32> Hashes = new(
        Bytes32.Length, static (value, bytes) => value.CopyTo(bytes), static bytes => new Bytes32(bytes));

    public static readonly FixedBinaryFormatter<TronAddress> Addresses = new(
        TronAddress.Length, static (value, bytes) => value.CopyTo(bytes), static bytes => new TronAddress(bytes));

    public static readonly IMessagePackFormatter[] All =
    [
        Amounts,
        ChannelIds,
        Signatures,
        Prices,
        Hashes,
        Addresses,
        new FixedBinaryFormatter<SessionId>(
            SessionId.Length, static (value, bytes) => value.CopyTo(bytes), static bytes => new SessionId(bytes)),
        new FixedBinaryFormatter<BearerToken>(
            Bytes32.Length, static (value, bytes) => value.Value.CopyTo(bytes), static bytes => new BearerToken(new Bytes32(bytes))),
        new ByteCountFormatter(),
        new TextFormatter(),
        new ChannelTermsFormatter(),
        new OpenAuthorizationFormatter(),
        new SessionProofFormatter(),
        new CloseAuthorizationFormatter(),
        new SignedVoucherFormatter(),
    ];
}
