namespace BttProxy.Ledger.Earnings;

/// <summary>How a transaction that carried claims ended.</summary>
/// <param name="State">Solidified, Reverted or Expired.</param>
/// <param name="Block">Where it was executed; null when expired.</param>
/// <param name="Energy">Energy used, whoever paid for it.</param>
/// <param name="Fee">Sun burnt.</param>
public sealed record ClaimTransactionEnd(ClaimTransactionState State, ulong? Block, long Energy, long Fee)
{
    public static ClaimTransactionEnd Expired { get; } = new(ClaimTransactionState.Expired, null, 0, 0);
}
