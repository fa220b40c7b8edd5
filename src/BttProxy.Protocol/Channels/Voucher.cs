using System.Text;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Channels;

/// <summary>
/// "The payee may claim this much of the channel in total." Cumulative, and exactly what is owed: never a ceiling.
/// </summary>
public readonly record struct Voucher(ChannelId ChannelId, ulong Epoch, TokenAmount Cumulative)
{
    internal const string TypeString = "Voucher(bytes32 channelId,uint64 epoch,uint128 cumulativeAmount)";

    private static readonly Bytes32 TypeHash = Keccak256.Hash(Encoding.ASCII.GetBytes(TypeString));

    public Bytes32 Digest(ChannelDomain domain) => domain.Digest(StructHash());

    public SignedVoucher Sign(ChannelDomain domain, Secp256k1Key key) => new(this, key.Sign(Digest(domain)));

    internal Bytes32 StructHash()
    {
        var writer = new TypedDataWriter(stackalloc byte[4 * TypedDataWriter.WordLength]);
        writer.Add(TypeHash);
        writer.Add(ChannelId.Value);
        writer.Add(Epoch);
        writer.Add(Cumulative.Units);
        return writer.Hash();
    }
}
