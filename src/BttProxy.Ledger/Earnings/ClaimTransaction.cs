using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Earnings;

/// <summary>A transaction that carries claims.</summary>
public sealed record ClaimTransaction
{
    public required Bytes32 Id { get; init; }

    /// <summary>Signed and encoded as it is sent.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    public ClaimTransactionState State { get; init; }

    /// <summary>Most that it can cost, in sun.</summary>
    public required long FeeLimit { get; init; }

    /// <summary>By the blocks' clock.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When a node last took it; null when none is known to have.</summary>
    public DateTimeOffset? SentAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
