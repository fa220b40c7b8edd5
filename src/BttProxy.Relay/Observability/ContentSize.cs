namespace BttProxy.Relay.Observability;

/// <summary>How large a response was, as coarse as a duration needs to be judged: exact lengths could tell a torrent.</summary>
internal enum ContentSize
{
    None,

    /// <summary>Up to 256 KiB.</summary>
    Small,

    /// <summary>Up to 4 MiB.</summary>
    Medium,

    /// <summary>Up to 64 MiB.</summary>
    Large,

    Huge,
}
