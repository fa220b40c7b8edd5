using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Earnings;

/// <summary>A claim in the outbox: the voucher as it was when the claim was queued.</summary>
public sealed record ClaimRecord
{
    public required long Id { get; init; }

    public required ChannelTerms Terms { get; init; }

    public required SignedVoucher Voucher { get; init; }

    public required ClaimState State { get; init; }

    /// <summary>Known once broadcast.</summary>
    public Bytes32? TransactionId { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
