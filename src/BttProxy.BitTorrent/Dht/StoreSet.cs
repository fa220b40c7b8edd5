namespace BttProxy.BitTorrent.Dht;

/// <summary>Chooses the nodes that get a copy.</summary>
internal static class StoreSet
{
    /// <summary>
    /// The eight nearest in any case, since readers ask those; the rest up to twenty from further out, nodes whose id
    /// belongs to their address (BEP 42) first, because an attacker can place others at will.
    /// </summary>
    public static IEnumerable<LookupCandidate> Choose(List<LookupCandidate> nearestFirst)
    {
        var writable = nearestFirst.Where(node => !node.Token.IsEmpty).ToList();
        return writable.Take(DhtLimits.NodesPerAnswer)
            .Concat(writable.Skip(DhtLimits.NodesPerAnswer).OrderByDescending(node => node.IsVerified))
            .Take(DhtLimits.StoreWidth);
    }
}
