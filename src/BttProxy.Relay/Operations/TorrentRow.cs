namespace BttProxy.Relay.Operations;

/// <summary>One torrent that the relay has joined. Who asked for it is not here.</summary>
internal sealed record TorrentRow
{
    /// <summary>Hexadecimal.</summary>
    public required string InfoHash { get; init; }

    /// <summary>Bytes; null until its metadata is here.</summary>
    public long? Size { get; init; }

    /// <summary>Verified bytes on disk.</summary>
    public required long Held { get; init; }

    public required int Peers { get; init; }

    /// <summary>Requests that use it now.</summary>
    public required int Readers { get; init; }

    /// <summary>Bytes per second from the swarm.</summary>
    public required long DownloadRate { get; init; }

    /// <summary>Bytes per second to the swarm.</summary>
    public required long UploadRate { get; init; }

    /// <summary>Why nothing more is fetched; null while all is well.</summary>
    public string? Failure { get; init; }
}

internal sealed record TorrentsQuery;

/// <param name="Known">False when no worker runs in the process that was asked.</param>
/// <param name="Torrents">The most read first.</param>
internal sealed record TorrentsReport(bool Known, IReadOnlyList<TorrentRow> Torrents);
