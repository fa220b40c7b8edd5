namespace BttProxy.Ledger.Spending;

/// <summary>Whether a signed voucher may be sent.</summary>
public enum RecordOutcome
{
    /// <summary>Durable now: send it.</summary>
    Stored = 0,

    /// <summary>The very same voucher was stored before: send it again.</summary>
    Repeated = 1,

    /// <summary>Not above what was signed before: never send it.</summary>
    NotHigher = 2,

    /// <summary>The channel was never saved.</summary>
    UnknownChannel = 3,

    /// <summary>The channel stands at another epoch.</summary>
    WrongEpoch = 4,

    /// <summary>More than the channel reserves.</summary>
    AboveReserved = 5,

    /// <summary>The relay's word and our books differ on this channel: nothing more is signed on it.</summary>
    Quarantined = 6,
}
