namespace BttProxy.Client.Fetching;

/// <summary>Why a relay was left, or not used at all.</summary>
public enum LeaveReason
{
    /// <summary>Nothing is missing any more.</summary>
    Finished,
    Interrupted,
    BudgetSpent,

    /// <summary>Its price is above --max-price.</summary>
    TooDear,
    Unreachable,

    /// <summary>Another TLS key than the one in its record.</summary>
    WrongKey,
    ConnectionLost,

    /// <summary>No byte for too long.</summary>
    Stalled,

    /// <summary>Two connections in a row fell silent after 12 to 25 kB: somebody on the way freezes them.</summary>
    PathFrozen,

    /// <summary>A piece that it alone delivered has the wrong hash. Not paid, and banned for 24 hours.</summary>
    WrongBytes,

    /// <summary>It refused the session or the request.</summary>
    Refused,

    /// <summary>It has sold all the traffic that its operator allows for this day or month.</summary>
    QuotaReached,

    /// <summary>It refused a good voucher, or asked for more than it delivered.</summary>
    PaymentDispute,

    /// <summary>An answer that the protocol does not know.</summary>
    BadAnswer,

    /// <summary>The channel's reserve is used up; another channel is opened.</summary>
    ChannelSpent,

    /// <summary>The wallet cannot open a channel to it.</summary>
    NoFunds,

    /// <summary>The chain cannot be asked for a channel to it.</summary>
    ChainUnreachable,
}
