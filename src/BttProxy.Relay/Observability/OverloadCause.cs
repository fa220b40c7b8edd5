namespace BttProxy.Relay.Observability;

/// <summary>A limit that makes the relay turn clients away.</summary>
internal enum OverloadCause
{
    /// <summary>Credit.MaxSessions.</summary>
    Sessions,

    /// <summary>Credit.MaxUnclaimedTotal.</summary>
    Exposure,

    /// <summary>Worker.MaxTorrents.</summary>
    Torrents,
}
