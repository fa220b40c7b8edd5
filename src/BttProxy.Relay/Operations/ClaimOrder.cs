using System.Text.Json.Serialization;

namespace BttProxy.Relay.Operations;

/// <param name="Channels">Ids or their first digits; these are claimed whatever the fee. Empty: every channel that is worth its fee.</param>
/// <param name="All">Without channels: whatever the fee.</param>
internal sealed record ClaimOrder([property: JsonRequired] IReadOnlyList<string> Channels, bool All);

/// <param name="ClaimIds">In the outbox.</param>
internal sealed record ClaimFollowUp([property: JsonRequired] IReadOnlyList<long> ClaimIds);

/// <param name="Channel">An id or its first digits.</param>
internal sealed record CloseOrder([property: JsonRequired] string Channel);
