namespace BttProxy.BitTorrent.Dht;

/// <summary>Chooses the nodes that get a copy.</summary>
internal static class StoreSet
{
    /// <summary>
    /// The eight nearest in any case, since readers ask those; the rest up to twenty from further out and beyond a crowd
    /// around the target, nodes whose id belongs to their address (BEP 42) first, because an attacker can place others at
    /// will. At most two of one network, as the lookup found them.
    /// </summary>
    public static IEnumerable<LookupCandidate> Choose(DhtLookupResult found)
    {
        var writable = found.Nodes.Where(node => !node.Token.IsEmpty).ToList();
        var beyond = found.Nodes.Skip(Math.Max(found.Crowd, DhtLimits.NodesPerAnswer)).Except(writable.Take(DhtLimits.NodesPerAnswer));
        return writable.Take(DhtLimits.NodesPerAnswer)
            .Concat(beyond.Where(node => !node.Token.IsEmpty).OrderByDescending(node => node.IsVerified))
            .Take(DhtLimits.StoreWidth);
    }
}
