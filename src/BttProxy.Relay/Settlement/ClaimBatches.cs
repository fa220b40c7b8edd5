using BttProxy.Ledger.Earnings;

namespace BttProxy.Relay.Settlement;

/// <summary>Which claims share a transaction.</summary>
internal static class ClaimBatches
{
    /// <summary>
    /// Claims against a withdraw go first and alone, so that nothing about another row can delay them. Within a batch they stand in the order
    /// of their ids, in which the ledger tells them again.
    /// </summary>
    public static IEnumerable<IReadOnlyList<ClaimRecord>> Of(IReadOnlyCollection<ClaimRecord> queued, int maxRows) =>
        queued.Where(static claim => claim.WithdrawAt is not null)
            .OrderBy(static claim => claim.WithdrawAt)
            .Select(static IReadOnlyList<ClaimRecord> (claim) => [claim])
            .Concat(queued.Where(static claim => claim.WithdrawAt is null).OrderBy(static claim => claim.Id).Chunk(maxRows));
}
