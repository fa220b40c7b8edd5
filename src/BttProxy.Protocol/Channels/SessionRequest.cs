using System.Text;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Channels;

/// <summary>
/// Proof that the client holds a channel's session key and has seen this very record and price. Never goes on chain.
/// </summary>
/// <param name="ChannelId">The channel that will pay.</param>
/// <param name="Epoch">The channel's epoch.</param>
/// <param name="RecordHash">SHA-256 of the relay's encoded record.</param>
/// <param name="Price">The price that the client agrees to.</param>
/// <param name="Timestamp">Unix seconds.</param>
/// <param name="Nonce">Random, so that a captured request cannot open a second session.</param>
public sealed record SessionRequest(
    ChannelId ChannelId, ulong Epoch, Bytes32 RecordHash, PricePerMegabyte Price, ulong Timestamp, Bytes32 Nonce)
{
    internal const string TypeString =
        "SessionRequest(bytes32 channelId,uint64 epoch,bytes32 recordHash,uint128 pricePerMegabyte,uint64 timestamp,bytes32 nonce)";

    private static readonly Bytes32 TypeHash = Keccak256.Hash(Encoding.ASCII.GetBytes(TypeString));

    public Bytes32 Digest(ChannelDomain domain) => domain.Digest(StructHash());

    internal Bytes32 StructHash()
    {
        var writer = new TypedDataWriter(stackalloc byte[7 * TypedDataWriter.WordLength]);
        writer.Add(TypeHash);
        writer.Add(ChannelId.Value);
        writer.Add(Epoch);
        writer.Add(RecordHash);
        writer.Add(Price.Units);
        writer.Add(Timestamp);
        writer.Add(Nonce);
        return writer.Hash();
    }
}
