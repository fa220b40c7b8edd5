using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Nodes at one distance, and spares that answered when there was no room.</summary>
internal sealed class RoutingBucket(int capacity)
{
    private readonly List<DhtContact> _spares = [];

    public List<RoutingEntry> Entries { get; } = [];

    public int SpareCount => _spares.Count;

    public long TouchedAt { get; set; }

    public bool HasRoom(IPAddress? subnet) => Entries.Count < capacity
        && (subnet is null || Entries.Count(entry => subnet.Equals(entry.Subnet)) < AddressRules.PerSubnet);

    /// <summary>
    /// The entry that has to go for <paramref name="newcomer"/>: one that failed, or one whose id does not belong to
    /// its address when the newcomer's does (BEP 42: preferred, not enforced).
    /// </summary>
    public RoutingEntry? FindReplaceable(DhtContact newcomer, IPAddress? subnet)
    {
        if (HasRoom(subnet))
        {
            return null;
        }
        var inReach = Entries.Count < capacity ? Entries.Where(entry => subnet!.Equals(entry.Subnet)) : Entries;
        return inReach.FirstOrDefault(entry => entry.Failures > 0)
            ?? (newcomer.IsVerified ? inReach.FirstOrDefault(entry => !entry.Contact.IsVerified) : null);
    }

    public void AddSpare(DhtContact contact)
    {
        _spares.RemoveAll(spare => spare.EndPoint.Equals(contact.EndPoint));
        if (_spares.Count >= DhtLimits.NodesPerAnswer)
        {
            _spares.RemoveAt(0);
        }
        _spares.Add(contact);
    }

    public DhtContact? TakeSpare()
    {
        if (_spares.Count == 0)
        {
            return null;
        }
        var spare = _spares[^1];
        _spares.RemoveAt(_spares.Count - 1);
        return spare;
    }
}

internal sealed class RoutingEntry(DhtContact contact, IPAddress? subnet)
{
    public DhtContact Contact => contact;

    public IPAddress? Subnet => subnet;

    public int Failures { get; set; }

    public long ConfirmedAt { get; set; }
}
