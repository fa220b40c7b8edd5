using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// BEP 44 items that others put here, for two hours each. When full, the item farthest from our own id goes: those
/// near it are the ones that readers will ask us for. One writer has a small share of the room only. Not thread-safe: the
/// receive loop owns it.
/// </summary>
internal sealed class ItemStore(AddressRules rules, TimeProvider timeProvider)
{
    private readonly Dictionary<DhtNodeId, LinkedListNode<Entry>> _items = [];
    private readonly LinkedList<Entry> _byAge = new();

    public int Count => _items.Count;

    public StoredItem? Find(DhtNodeId target)
    {
        Expire();
        return _items.TryGetValue(target, out var node) ? node.Value.Item : null;
    }

    /// <returns>False when the writer has had its share.</returns>
    public bool Put(DhtNodeId target, StoredItem item, DhtNodeId ownId, IPEndPoint writer)
    {
        Expire();
        // An item goes on counting for whoever put it first: who refreshes the items of others fills no share.
        var account = _items.TryGetValue(target, out var former) ? former.Value.Writer : rules.Writer(writer);
        if (former is null && _byAge.Count(entry => entry.Writer.Equals(account)) >= DhtLimits.ItemsPerWriter)
        {
            return false;
        }
        Remove(target);
        _items[target] = _byAge.AddLast(new Entry(target, item, account, timeProvider.GetTimestamp()));
        if (_items.Count > DhtLimits.Items)
        {
            Remove(_items.Keys.Aggregate((farthest, other) => ownId.CompareDistance(other, farthest) > 0 ? other : farthest));
        }
        return true;
    }

    private void Expire()
    {
        while (_byAge.First is { } oldest && timeProvider.GetElapsedTime(oldest.Value.StoredAt) >= DhtLimits.ItemLifetime)
        {
            Remove(oldest.Value.Target);
        }
    }

    private void Remove(DhtNodeId target)
    {
        if (_items.Remove(target, out var node))
        {
            _byAge.Remove(node);
        }
    }

    private sealed record Entry(DhtNodeId Target, StoredItem Item, IPEndPoint Writer, long StoredAt);
}

/// <param name="BencodedValue">The value as received, in bencoding.</param>
/// <param name="Signed">The signed item when it is mutable; null for an immutable item.</param>
internal sealed record StoredItem(ReadOnlyMemory<byte> BencodedValue, DhtMutableItem? Signed);
