using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>What became of one claim when its transaction ended.</summary>
/// <param name="ClaimId">The claim.</param>
/// <param name="End">Settled, Failed, or Queued: to be sent again.</param>
/// <param name="ClaimedTotal">When settled: the channel's claimed total in that epoch.</param>
/// <param name="Note">Why it was not.</param>
public sealed record ClaimVerdict(long ClaimId, ClaimState End, TokenAmount ClaimedTotal, string? Note)
{
    public static ClaimVerdict Settled(long claimId, TokenAmount claimedTotal) =>
        new(claimId, ClaimState.Settled, claimedTotal, null);

    public static ClaimVerdict Failed(long claimId, string note) => new(claimId, ClaimState.Failed, TokenAmount.Zero, note);

    public static ClaimVerdict Again(long claimId, string note) => new(claimId, ClaimState.Queued, TokenAmount.Zero, note);
}
