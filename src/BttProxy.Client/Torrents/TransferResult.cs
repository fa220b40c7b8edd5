using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;

namespace BttProxy.Client.Torrents;

/// <summary>How a download went. Times count from the moment when the torrent was added to a running engine.</summary>
internal sealed record TransferResult(TorrentInfo Info, bool IsComplete, TorrentTotals Totals, int Peers)
{
    public required TimeSpan Duration { get; init; }

    /// <summary>Until the metadata was here.</summary>
    public required TimeSpan Metadata { get; init; }

    /// <summary>Until the first byte of a stream could be read; null when nothing was streamed.</summary>
    public TimeSpan? FirstByte { get; init; }

    public double Rate => Totals.UsefulBytes / Math.Max(1e-3, Duration.TotalSeconds);
}
