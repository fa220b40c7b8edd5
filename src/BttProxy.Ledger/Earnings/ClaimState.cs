namespace BttProxy.Ledger.Earnings;

/// <summary>Where a claim stands. Stored: the numbers never change.</summary>
public enum ClaimState
{
    /// <summary>To be sent, with the best voucher that there is then.</summary>
    Queued = 0,

    /// <summary>In a transaction; it may be on its way. Pending is never failure.</summary>
    Broadcast = 1,

    /// <summary>The chain has paid it (or more).</summary>
    Settled = 2,

    /// <summary>The chain will not pay it.</summary>
    Failed = 3,

    /// <summary>The channel's epoch ended while it was under way; its transaction may have paid it before.</summary>
    Overtaken = 4,
}
