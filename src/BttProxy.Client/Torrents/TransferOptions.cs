using System.Net;

namespace BttProxy.Client.Torrents;

/// <summary>What <c>torrent get</c> does.</summary>
internal sealed record TransferOptions
{
    public required string Directory { get; init; }

    public IReadOnlyList<IPEndPoint> Peers { get; init; } = [];

    /// <summary>Only this part, in order, as a player would read it. Null: everything, rarest first.</summary>
    public ContentRange? Stream { get; init; }

    /// <summary>The content goes to standard output as well.</summary>
    public bool ToStandardOutput { get; init; }

    /// <summary>Null waits for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Goes on giving to others after the download.</summary>
    public bool SeedAfter { get; init; }
}
