namespace BttProxy.Relay.Observability;

/// <summary>Why a worker gave nothing of a torrent.</summary>
internal enum ContentRefusal
{
    /// <summary>The operator does not carry it.</summary>
    Denylist,

    /// <summary>It is larger than the operator carries.</summary>
    TooLarge,

    /// <summary>All places for torrents are taken.</summary>
    TooManyTorrents,

    /// <summary>No peer gave its metadata in time.</summary>
    NoMetadata,

    DiskFull,

    DiskFailed,
}
