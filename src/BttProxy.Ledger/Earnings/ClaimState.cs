namespace BttProxy.Ledger.Earnings;

/// <summary>Where a claim stands. Stored: the numbers never change.</summary>
public enum ClaimState
{
    /// <summary>To be sent.</summary>
    Queued = 0,

    /// <summary>Its transaction id is stored; it may be on its way. Pending is never failure.</summary>
    Broadcast = 1,

    /// <summary>The chain has paid it (or more).</summary>
    Settled = 2,

    /// <summary>The chain will not pay it.</summary>
    Failed = 3,
}
