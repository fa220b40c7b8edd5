namespace BttProxy.Protocol.Payments;

/// <summary>Whether a client should use the session that a relay opened.</summary>
public enum SessionOfferVerdict : byte
{
    Accepted = 0,

    /// <summary>Another price than the one signed for.</summary>
    PriceChanged = 1,

    /// <summary>A base above what the client remembers, without the client's own signature over it.</summary>
    BaseNotProven = 2,

    /// <summary>More debt than the client's own books show.</summary>
    OutstandingTooHigh = 3,

    /// <summary>A window of zero, or above its ceiling.</summary>
    WindowOutOfRange = 4,
}
