namespace BttProxy.Ledger;

/// <summary>What a process does with a relay's ledger. Each part is held by one process at a time; what both change, they change in transactions.</summary>
public enum LedgerPart
{
    /// <summary>Everything.</summary>
    Whole,

    /// <summary>Sessions and vouchers: a gateway whose settler is another process.</summary>
    Sales,

    /// <summary>The outbox, and what the chain says: a settler whose gateway is another process.</summary>
    Settlement,
}
