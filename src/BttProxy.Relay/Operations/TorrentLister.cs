using BttProxy.BitTorrent.Swarm;

namespace BttProxy.Relay.Operations;

/// <summary>The torrents of this process's worker.</summary>
internal sealed class TorrentLister(RunningParts parts)
{
    public TorrentsReport List() => parts.Torrents is { } catalog
        ? new TorrentsReport(true, [.. catalog.InUse().Select(static use => Row(use.Torrent, use.Users))
            .OrderByDescending(static row => row.Readers).ThenByDescending(static row => row.DownloadRate).ThenBy(static row => row.InfoHash, StringComparer.Ordinal)])
        : new TorrentsReport(false, []);

    private static TorrentRow Row(Torrent torrent, int readers)
    {
        var totals = torrent.Totals;
        return new TorrentRow
        {
            InfoHash = torrent.InfoHash.ToString(),
            Size = torrent.Info?.Length,
            Held = Held(torrent),
            Peers = torrent.PeerCount,
            Readers = readers,
            DownloadRate = totals.DownloadRate,
            UploadRate = totals.UploadRate,
            Failure = torrent.Failure?.Message,
        };
    }

    // Only the last piece is shorter than the others.
    private static long Held(Torrent torrent)
    {
        if (torrent is not { Info: { PieceCount: > 0 } info, Have: { } have })
        {
            return 0;
        }

        var last = have[info.PieceCount - 1] ? info.PieceLength - info.PieceSize(info.PieceCount - 1) : 0;
        return ((long)have.Count * info.PieceLength) - last;
    }
}
