namespace BttProxy.Tron;

/// <summary>What became of one row of a claim. Rows never fail each other. Sent: the numbers never change.</summary>
public enum ClaimOutcome
{
    /// <summary>The payee got the difference to what was claimed before.</summary>
    Claimed = 0,

    /// <summary>At or below what is claimed: nothing to do.</summary>
    AlreadyClaimed = 1,

    UnknownChannel = 2,

    WrongEpoch = 3,

    AboveReserved = 4,

    BadSignature = 5,

    WrongSigner = 6,
}
