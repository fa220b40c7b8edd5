namespace BttProxy.Protocol.Messages;

/// <summary>
/// Why a voucher was refused; the codes up to <see cref="ChainViewStale"/> are in the order in which the checks run.
/// Wire and stored codes: append only, never renumber.
/// </summary>
public enum VoucherRejection : byte
{
    Accepted = 0,

    /// <summary>Too long, not the one canonical encoding, unknown or trailing fields.</summary>
    Malformed = 1,

    /// <summary>Too many invalid messages before this one; judged before anything costly.</summary>
    TooManyInvalid = 2,

    UnknownChannel = 3,

    /// <summary>Another gateway writes this channel now.</summary>
    HeldByAnotherWriter = 4,

    WrongEpoch = 5,

    /// <summary>Not strictly above the last voucher (an identical resend is accepted again).</summary>
    NotAboveLast = 6,

    /// <summary>Below what the chain has paid out already.</summary>
    BelowClaimed = 7,

    /// <summary>Above what is reserved and solidified.</summary>
    AboveReserved = 8,

    /// <summary>Pays for more than was delivered plus one window: a confused client must not burn its deposit.</summary>
    AheadOfDelivery = 9,

    /// <summary>Leaves more than one window unpaid, or debt of earlier sessions.</summary>
    DoesNotCoverDelivery = 10,

    /// <summary>See the <see cref="Keys.SignatureVerdict"/> beside it.</summary>
    BadSignature = 11,

    /// <summary>
    /// A good signature by somebody else. A voucher for another channel, epoch, chain or contract also ends here, since
    /// those are hashed into the digest and never read from the message.
    /// </summary>
    WrongSigner = 12,

    SignerExpired = 13,

    /// <summary>The channel was opened under another chain id or contract than the relay's.</summary>
    WrongDomain = 14,

    /// <summary>The channel id is not the hash of its terms.</summary>
    WrongChannelId = 15,

    WrongToken = 16,

    WrongPayee = 17,

    WrongAuthorizer = 18,

    WithdrawDelayOutOfRange = 19,

    WithdrawPending = 20,

    /// <summary>Too much unclaimed value, of this payer or in total.</summary>
    ExposureExceeded = 21,

    /// <summary>The relay's view of the chain is too old for new credit.</summary>
    ChainViewStale = 22,

    UnknownSession = 23,

    /// <summary>The voucher could not be stored; send it again.</summary>
    LedgerUnavailable = 24,
}
