using System.Text;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Channels;

/// <summary>Both sides' agreement on a channel's final amount; with both signatures the payer gets the rest back at once.</summary>
public sealed record CooperativeClose
{
    internal const string TypeString = "CooperativeClose(bytes32 channelId,uint64 epoch,uint128 finalAmount,uint40 deadline)";

    private static readonly Bytes32 TypeHash = Keccak256.Hash(Encoding.ASCII.GetBytes(TypeString));

    /// <param name="channelId">The channel to close.</param>
    /// <param name="epoch">Its current epoch; closing raises it.</param>
    /// <param name="final">The cumulative amount that the payee has earned.</param>
    /// <param name="deadline">Unix seconds, uint40.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deadline does not fit uint40.</exception>
    public CooperativeClose(ChannelId channelId, ulong epoch, TokenAmount final, ulong deadline)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(deadline, ProtocolConstants.MaxUInt40);
        ChannelId = channelId;
        Epoch = epoch;
        Final = final;
        Deadline = deadline;
    }

    public ChannelId ChannelId { get; }

    public ulong Epoch { get; }

    public TokenAmount Final { get; }

    public ulong Deadline { get; }

    public Bytes32 Digest(ChannelDomain domain) => domain.Digest(StructHash());

    internal Bytes32 StructHash()
    {
        var writer = new TypedDataWriter(stackalloc byte[5 * TypedDataWriter.WordLength]);
        writer.Add(TypeHash);
        writer.Add(ChannelId.Value);
        writer.Add(Epoch);
        writer.Add(Final.Units);
        writer.Add(Deadline);
        return writer.Hash();
    }
}
