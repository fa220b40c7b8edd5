using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>Where a claim stands, and what its transaction cost.</summary>
public sealed record ClaimSummary
{
    public required long Id { get; init; }

    public required ChannelId ChannelId { get; init; }

    public required ulong Epoch { get; init; }

    /// <summary>The cumulative amount of its voucher.</summary>
    public required TokenAmount Amount { get; init; }

    public required ClaimState State { get; init; }

    /// <summary>Why it failed, or is sent again.</summary>
    public string? Note { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Known once there is one.</summary>
    public Bytes32? TransactionId { get; init; }

    public ClaimTransactionState? Transaction { get; init; }

    /// <summary>Sun burnt by the whole transaction; null until it has ended.</summary>
    public long? Fee { get; init; }

    public bool IsUnderWay => State is ClaimState.Queued or ClaimState.Broadcast;
}
