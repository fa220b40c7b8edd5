namespace BttProxy.Ledger.Earnings;

/// <summary>What the ledger did with a voucher. The last line of defence behind the voucher rules: it never lowers.</summary>
public enum AcceptOutcome
{
    /// <summary>It is the channel's best voucher now, and durable.</summary>
    Accepted = 0,

    /// <summary>The very same voucher is stored already; nothing changed.</summary>
    Repeated = 1,

    /// <summary>Not above the best one.</summary>
    NotHigher = 2,

    /// <summary>The channel was never saved.</summary>
    UnknownChannel = 3,

    /// <summary>The channel stands at another epoch.</summary>
    WrongEpoch = 4,

    /// <summary>More than the channel reserves.</summary>
    AboveReserved = 5,
}
