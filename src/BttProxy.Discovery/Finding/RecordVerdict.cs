namespace BttProxy.Discovery.Finding;

/// <summary>What came of checking one relay record. Numbers are stable: append only.</summary>
public enum RecordVerdict
{
    Accepted = 0,
    /// <summary>Longer than a BEP 44 value may be, or empty.</summary>
    Oversized = 1,
    /// <summary>The Ed25519 signature is not the relay's: forged or damaged.</summary>
    BadSignature = 2,
    /// <summary>Signed, but not the canonical encoding of a record.</summary>
    Malformed = 3,
    /// <summary>A record of a version that this program does not know.</summary>
    UnsupportedVersion = 4,
    /// <summary>The signature that binds the payee's authoriser to the relay is not valid.</summary>
    BadBinding = 5,
    /// <summary>The record of another relay than the one that was asked for.</summary>
    WrongRelay = 6,
    WrongChain = 7,
    WrongContract = 8,
    WrongToken = 9,
    /// <summary>Issued further in the future than clocks differ.</summary>
    FromTheFuture = 10,
    /// <summary>Older than its time to live.</summary>
    Expired = 11,
    /// <summary>An older record than one that was already seen: somebody replays it.</summary>
    Replayed = 12,
    /// <summary>No endpoint that the connect guard lets us dial.</summary>
    NoUsableEndpoint = 13,
    /// <summary>The relay cheated before and is banned for a day.</summary>
    Banned = 14,
}
