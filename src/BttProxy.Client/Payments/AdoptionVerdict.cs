namespace BttProxy.Client.Payments;

/// <summary>Whether a relay's word about a channel's last voucher is believed.</summary>
internal enum AdoptionVerdict
{
    /// <summary>It holds none, and the chain has paid none.</summary>
    NothingHeld,

    /// <summary>The one that we have too.</summary>
    Known,

    /// <summary>Ours is higher: the relay missed it, or lost it.</summary>
    OursIsHigher,

    /// <summary>Above ours, with our own signature and within the bounds: ours from now on.</summary>
    Adopt,

    AnotherChannel,
    AnotherEpoch,

    /// <summary>The chain has paid more than it shows and we remember.</summary>
    BelowClaimed,

    AboveReserved,

    /// <summary>Further above ours than could have been under way when our memory ended.</summary>
    BeyondOverdraft,

    NotOurSignature,
}
