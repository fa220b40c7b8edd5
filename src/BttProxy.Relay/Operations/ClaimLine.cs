using System.Text.Json.Serialization;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Operations;

/// <summary>A claim, and how far it has come.</summary>
/// <param name="Id">In the outbox.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Amount">The cumulative amount of its voucher.</param>
/// <param name="State">Where the claim stands.</param>
/// <param name="TransactionId">Once there is one.</param>
/// <param name="Transaction">Where that stands.</param>
/// <param name="FeeSun">Burnt by the whole transaction; null until it has ended.</param>
/// <param name="Note">Why it failed, or is sent again.</param>
/// <param name="UpdatedAt">When it came there.</param>
internal sealed record ClaimLine(
    long Id, ChannelId Channel, TokenAmount Amount, ClaimState State, Bytes32? TransactionId, ClaimTransactionState? Transaction, long? FeeSun,
    string? Note, DateTimeOffset UpdatedAt)
{
    /// <summary>What it was to bring when the operator asked for it; null when nobody did.</summary>
    public TokenAmount? Value { get; init; }

    [JsonIgnore]
    public bool IsUnderWay => State is ClaimState.Queued or ClaimState.Broadcast;

    public static ClaimLine Of(ClaimSummary claim) => new(
        claim.Id, claim.ChannelId, claim.Amount, claim.State, claim.TransactionId, claim.Transaction, claim.Fee, claim.Note, claim.UpdatedAt);
}
