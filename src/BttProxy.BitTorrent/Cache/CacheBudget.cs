namespace BttProxy.BitTorrent.Cache;

/// <summary>How many bytes of torrents that are not pinned may be kept.</summary>
/// <param name="Total">Of all torrents together; null sets no bound.</param>
/// <param name="PerTorrent">Of each torrent; null sets no bound.</param>
internal readonly record struct CacheBudget(long? Total, long? PerTorrent);
