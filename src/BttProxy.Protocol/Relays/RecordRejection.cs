namespace BttProxy.Protocol.Relays;

/// <summary>Why a relay record is not believed. Stored codes: append only, never renumber.</summary>
public enum RecordRejection : byte
{
    None = 0,

    /// <summary>Longer than a BEP 44 item can be, or empty.</summary>
    TooLarge = 1,

    /// <summary>Not a valid Ed25519 signature by the relay id.</summary>
    BadSignature = 2,

    /// <summary>Not the one canonical encoding of a record, or fields out of range.</summary>
    Malformed = 3,

    UnsupportedVersion = 4,

    /// <summary>The payee's authoriser did not sign this relay id and payee.</summary>
    BadBinding = 5,

    /// <summary>Issued too long ago for its time to live, or in the future.</summary>
    Expired = 6,

    /// <summary>For another chain, contract or token.</summary>
    WrongNetwork = 7,
}
