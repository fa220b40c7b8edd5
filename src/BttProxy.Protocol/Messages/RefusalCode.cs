namespace BttProxy.Protocol.Messages;

/// <summary>Why a request was refused. Wire codes: append only, never renumber.</summary>
public enum RefusalCode : byte
{
    None = 0,

    /// <summary>A paid request without a session; the offer is in the message.</summary>
    PaymentRequired = 1,

    /// <summary>See the <see cref="SessionRejection"/> beside it.</summary>
    SessionRejected = 2,

    UnknownSession = 3,

    /// <summary>Nothing may be sent before the next voucher.</summary>
    OutOfCredit = 4,

    Malformed = 5,
    TooManyRequests = 6,

    /// <summary>No peer of the swarm was found, or none has it, in the time given.</summary>
    ContentUnavailable = 7,

    /// <summary>The operator does not carry this content.</summary>
    ContentRefused = 8,

    RangeNotSatisfiable = 9,
    Busy = 10,
    ShuttingDown = 11,

    /// <summary>More bytes were aborted than can be forgiven; open another session after paying.</summary>
    TooManyAborts = 12,

    LedgerUnavailable = 13,
    NotFound = 14,
    WorkerUnavailable = 15,
}
