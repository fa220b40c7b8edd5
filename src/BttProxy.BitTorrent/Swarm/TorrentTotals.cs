namespace BttProxy.BitTorrent.Swarm;

/// <summary>What a torrent has moved since it was added, in content bytes, and how fast now, in bytes per second.</summary>
public readonly record struct TorrentTotals(
    long UsefulBytes, long DuplicateBytes, long HashFailedBytes, long UploadedBytes, long DownloadRate, long UploadRate);
