namespace BttProxy.Tron.Node;

/// <summary>Under what conditions a transaction is valid.</summary>
/// <param name="Reference">A block of the chain it is for.</param>
/// <param name="Timestamp">Free, but two otherwise equal transactions need different ones, else they are the same transaction.</param>
/// <param name="Expiration">By the blocks' clock; not included by then, it never will be. At most 24 hours after the head block.</param>
public sealed record TransactionTerms(BlockReference Reference, DateTimeOffset Timestamp, DateTimeOffset Expiration)
{
    /// <summary>Most sun that running code may burn; 0 for operations that run none.</summary>
    public long FeeLimit { get; init; }

    /// <summary>Which of the owner's permissions signs; 0 is the owner itself.</summary>
    public int PermissionId { get; init; }
}
