namespace BttProxy.BitTorrent.Cache;

/// <summary>Which budget made a unit go.</summary>
internal enum EvictionReason
{
    TotalBudget,
    TorrentBudget,
}
