using System.Text;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Channels;

/// <summary>The payer's authorisation to reserve part of its deposit for a channel. Anybody may submit it.</summary>
public sealed record OpenChannel
{
    internal const string TypeString = "OpenChannel(bytes32 channelId,uint128 amount,uint64 epoch,uint40 deadline)";

    private static readonly Bytes32 TypeHash = Keccak256.Hash(Encoding.ASCII.GetBytes(TypeString));

    /// <param name="channelId">The channel to open or top up.</param>
    /// <param name="amount">What to reserve.</param>
    /// <param name="epoch">The channel's epoch at the time of opening.</param>
    /// <param name="deadline">Unix seconds, uint40; the contract refuses it later than that.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deadline does not fit uint40.</exception>
    public OpenChannel(ChannelId channelId, TokenAmount amount, ulong epoch, ulong deadline)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(deadline, ProtocolConstants.MaxUInt40);
        ChannelId = channelId;
        Amount = amount;
        Epoch = epoch;
        Deadline = deadline;
    }

    public ChannelId ChannelId { get; }

    public TokenAmount Amount { get; }

    public ulong Epoch { get; }

    public ulong Deadline { get; }

    public Bytes32 Digest(ChannelDomain domain) => domain.Digest(StructHash());

    internal Bytes32 StructHash()
    {
        var writer = new TypedDataWriter(stackalloc byte[5 * TypedDataWriter.WordLength]);
        writer.Add(TypeHash);
        writer.Add(ChannelId.Value);
        writer.Add(Amount.Units);
        writer.Add(Epoch);
        writer.Add(Deadline);
        return writer.Hash();
    }
}
