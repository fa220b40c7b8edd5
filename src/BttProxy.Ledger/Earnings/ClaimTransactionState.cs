namespace BttProxy.Ledger.Earnings;

/// <summary>Where a transaction that carries claims stands. Stored: the numbers never change.</summary>
public enum ClaimTransactionState
{
    /// <summary>Simulated, signed and stored; whether it was sent is not known.</summary>
    Simulated = 0,

    /// <summary>A node has taken it. Pending is never failure.</summary>
    Broadcast = 1,

    /// <summary>In a block that may still be undone.</summary>
    Included = 2,

    /// <summary>In a block for good; its rows say what was paid.</summary>
    Solidified = 3,

    /// <summary>In a block for good, and has changed nothing.</summary>
    Reverted = 4,

    /// <summary>In no block, and never will be.</summary>
    Expired = 5,
}
