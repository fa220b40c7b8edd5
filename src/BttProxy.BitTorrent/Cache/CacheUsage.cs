namespace BttProxy.BitTorrent.Cache;

/// <summary>What a piece cache holds.</summary>
/// <param name="HeldBytes">Of torrents that may be given up; the budgets bound these.</param>
/// <param name="PinnedBytes">Of torrents that are kept in any case.</param>
/// <param name="Torrents">Of which anything is held.</param>
/// <param name="EvictedBytes">Given up since the start.</param>
public readonly record struct CacheUsage(long HeldBytes, long PinnedBytes, int Torrents, long EvictedBytes);
