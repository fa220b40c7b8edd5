namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// BEP 44 items that others put here, for two hours each. When full, the item farthest from our own id goes: those
/// near it are the ones that readers will ask us for. Not thread-safe: the receive loop owns it.
/// </summary>
internal sealed class ItemStore(TimeProvider timeProvider)
{
    private readonly Dictionary<DhtNodeId, Entry> _items = [];

    public int Count => _items.Count;

    public StoredItem? Find(DhtNodeId target)
    {
        if (!_items.TryGetValue(target, out var entry))
        {
            return null;
        }
        if (timeProvider.GetElapsedTime(entry.StoredAt) < DhtLimits.ItemLifetime)
        {
            return entry.Item;
        }
        _items.Remove(target);
        return null;
    }

    public void Put(DhtNodeId target, StoredItem item, DhtNodeId ownId)
    {
        _items[target] = new Entry(item, timeProvider.GetTimestamp());
        if (_items.Count <= DhtLimits.Items)
        {
            return;
        }
        var farthest = target;
        foreach (var (candidate, entry) in _items)
        {
            if (timeProvider.GetElapsedTime(entry.StoredAt) >= DhtLimits.ItemLifetime)
            {
                farthest = candidate;
                break;
            }
            if (ownId.CompareDistance(candidate, farthest) > 0)
            {
                farthest = candidate;
            }
        }
        _items.Remove(farthest);
    }

    private readonly record struct Entry(StoredItem Item, long StoredAt);
}

/// <param name="BencodedValue">The value as received, in bencoding.</param>
/// <param name="Signed">The signed item when it is mutable; null for an immutable item.</param>
internal sealed record StoredItem(ReadOnlyMemory<byte> BencodedValue, DhtMutableItem? Signed);
