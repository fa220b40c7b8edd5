using System.Text.Json.Serialization;

namespace BttProxy.Relay.Operations;

/// <summary>How far the claims of an order have come.</summary>
/// <param name="Claims">In the order of their channels' value.</param>
/// <param name="LeftOut">What is not claimed.</param>
/// <param name="Later">Further channels, too many for one order.</param>
/// <param name="Problem">Why claims wait in the outbox.</param>
/// <param name="MayPass">The problem may go away by itself.</param>
internal sealed record ClaimProgress(
    IReadOnlyList<ClaimLine> Claims, IReadOnlyList<ChannelNote> LeftOut, long Later, string? Problem, bool MayPass)
{
    [JsonIgnore]
    public bool IsUnderWay => Claims.Any(static claim => claim.IsUnderWay);
}
