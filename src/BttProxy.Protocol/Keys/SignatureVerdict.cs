namespace BttProxy.Protocol.Keys;

/// <summary>Why a 65-byte signature does or does not name a signer. Wire codes: never renumber.</summary>
public enum SignatureVerdict : byte
{
    Valid = 0,
    WrongLength = 1,
    ROutOfRange = 2,
    SOutOfRange = 3,

    /// <summary>s above half the group order: the same signature in its malleable form, refused by the contract.</summary>
    HighS = 4,

    /// <summary>v is neither 27 nor 28.</summary>
    BadRecoveryId = 5,

    /// <summary>r is no point's x coordinate, or the recovered key is the point at infinity.</summary>
    NotRecoverable = 6,
}
