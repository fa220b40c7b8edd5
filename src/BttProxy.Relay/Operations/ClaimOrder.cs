namespace BttProxy.Relay.Operations;

/// <param name="Channels">Ids or their first digits; these are claimed whatever the fee. Empty: every channel that is worth its fee.</param>
/// <param name="All">Without channels: whatever the fee.</param>
internal sealed record ClaimOrder(IReadOnlyList<string> Channels, bool All);

/// <param name="ClaimIds">In the outbox.</param>
internal sealed record ClaimFollowUp(IReadOnlyList<long> ClaimIds);

/// <param name="Channel">An id or its first digits.</param>
internal sealed record CloseOrder(string Channel);
