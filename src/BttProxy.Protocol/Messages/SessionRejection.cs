namespace BttProxy.Protocol.Messages;

/// <summary>Why a session was not opened. Wire and stored codes: append only, never renumber.</summary>
public enum SessionRejection : byte
{
    Accepted = 0,
    UnsupportedVersion = 1,

    /// <summary>Too long, not the one canonical encoding, or fields out of range.</summary>
    Malformed = 2,

    /// <summary>The record hash is neither the current record's nor the previous one's.</summary>
    WrongRecord = 3,

    WrongPrice = 4,

    /// <summary>Bids above the price are not sold by this relay, or the bid is below the price.</summary>
    WrongBid = 5,

    /// <summary>The client's clock is too far from the relay's.</summary>
    StaleTimestamp = 6,

    ReplayedNonce = 7,
    BadSignature = 8,
    WrongSigner = 9,
    WrongToken = 10,
    WrongPayee = 11,
    WrongAuthorizer = 12,
    WithdrawDelayOutOfRange = 13,

    /// <summary>Not on the chain, and no authorisation came with the request.</summary>
    UnknownChannel = 14,

    WrongEpoch = 15,
    AuthorizationBadSignature = 16,
    AuthorizationWrongSigner = 17,
    AuthorizationExpired = 18,

    /// <summary>The payer's deposit does not cover the authorised amount.</summary>
    DepositMissing = 19,

    /// <summary>Less is reserved than the record's minimum deposit.</summary>
    BelowMinimumDeposit = 20,

    /// <summary>Nothing is left of the channel's reserve; open another or top up.</summary>
    ChannelExhausted = 21,

    WithdrawPending = 22,
    HeldByAnotherWriter = 23,
    ExposureExceeded = 24,
    ChainViewStale = 25,
    ChainUnavailable = 26,
    TooManySessions = 27,
    TooManyInvalid = 28,

    /// <summary>The payer's earlier debt, or its misbehaviour, ended credit.</summary>
    PayerBarred = 29,

    LedgerUnavailable = 30,

    /// <summary>The channel is being closed, by a transaction or by the relay's operator; the next epoch, or another channel, can be used.</summary>
    ChannelClosing = 31,

    /// <summary>The last voucher does not cover the record's open fee, and the channel is not yet on the chain as it was authorised.</summary>
    OpenFeeMissing = 32,

    /// <summary>The relay's traffic quota of this day or month is used up; another relay may sell.</summary>
    QuotaReached = 33,
}
