using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Earnings;

/// <summary>A claim in the outbox: the best voucher while it waits, afterwards the one in its transaction.</summary>
public sealed record ClaimRecord
{
    public required long Id { get; init; }

    public required ChannelTerms Terms { get; init; }

    public required SignedVoucher Voucher { get; init; }

    public required ClaimState State { get; init; }

    /// <summary>Unix seconds from which the payer may take the channel's rest back; null when not asked for.</summary>
    public ulong? WithdrawAt { get; init; }

    /// <summary>Known once there is one.</summary>
    public Bytes32? TransactionId { get; init; }

    /// <summary>Why it failed, or is sent again.</summary>
    public string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
