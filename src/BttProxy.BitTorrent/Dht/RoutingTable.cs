using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// Nodes that answered us, by distance from our id (BEP 5): bucket n holds those that share exactly n leading bits.
/// The first buckets are larger, since every lookup of another id starts in them.
/// </summary>
internal sealed class RoutingTable(DhtNodeId ownId, AddressRules rules, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private RoutingBucket[] _buckets = CreateBuckets(timeProvider);
    private Dictionary<IPEndPoint, RoutingEntry> _byParticipant = [];
    private DhtNodeId _ownId = ownId;

    public DhtNodeId OwnId
    {
        get
        {
            lock (_gate)
            {
                return _ownId;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byParticipant.Count;
            }
        }
    }

    /// <summary>Nodes that wait for a place in a full bucket.</summary>
    public int SpareCount
    {
        get
        {
            lock (_gate)
            {
                return _buckets.Sum(bucket => bucket.SpareCount);
            }
        }
    }

    /// <summary>True when an unknown node that asked us something is worth a ping: its bucket has room.</summary>
    public bool HasRoomFor(DhtContact contact)
    {
        lock (_gate)
        {
            return contact.Id != _ownId && rules.MayContact(contact.EndPoint)
                && !_byParticipant.ContainsKey(rules.Participant(contact.EndPoint))
                && BucketOf(contact.Id).HasRoom(rules.Subnet(contact.EndPoint));
        }
    }

    /// <summary>The node answered one of our queries.</summary>
    public void Confirm(DhtContact contact)
    {
        lock (_gate)
        {
            ConfirmCore(contact);
        }
    }

    /// <summary>The node did not answer; after two times in a row a spare takes its place.</summary>
    public void Fail(IPEndPoint endPoint)
    {
        lock (_gate)
        {
            if (_byParticipant.TryGetValue(rules.Participant(endPoint), out var entry) && entry.Contact.EndPoint.Equals(endPoint)
                && ++entry.Failures >= DhtLimits.FailuresBeforeReplacement)
            {
                Remove(entry);
                if (BucketOf(entry.Contact.Id).TakeSpare() is { } spare)
                {
                    ConfirmCore(spare);
                }
            }
        }
    }

    public DhtContact[] Closest(DhtNodeId target, int count)
    {
        var all = Snapshot();
        Array.Sort(all, (left, right) => target.CompareDistance(left.Id, right.Id));
        return all.Length > count ? all[..count] : all;
    }

    public DhtContact[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _byParticipant.Values.Select(entry => entry.Contact)];
        }
    }

    /// <summary>The nodes not heard from for <paramref name="age"/>, longest first, at most <paramref name="max"/>.</summary>
    public DhtContact[] FindStale(TimeSpan age, int max)
    {
        lock (_gate)
        {
            return [.. _byParticipant.Values.Where(entry => timeProvider.GetElapsedTime(entry.ConfirmedAt) >= age)
                .OrderBy(entry => entry.ConfirmedAt).Take(max).Select(entry => entry.Contact)];
        }
    }

    /// <summary>An id in a bucket that no answer touched for <paramref name="age"/>; the bucket counts as touched from now on.</summary>
    public DhtNodeId? TakeStaleBucket(TimeSpan age)
    {
        lock (_gate)
        {
            var deepest = Array.FindLastIndex(_buckets, bucket => bucket.Entries.Count > 0);
            for (var i = 0; i <= deepest; i++)
            {
                if (timeProvider.GetElapsedTime(_buckets[i].TouchedAt) >= age)
                {
                    _buckets[i].TouchedAt = timeProvider.GetTimestamp();
                    return _ownId.CreateRandomNeighbour(i);
                }
            }
            return null;
        }
    }

    /// <summary>Takes another id and sorts all nodes again.</summary>
    public void ChangeOwnId(DhtNodeId ownId)
    {
        lock (_gate)
        {
            var known = Snapshot();
            _ownId = ownId;
            _buckets = CreateBuckets(timeProvider);
            _byParticipant = [];
            foreach (var contact in known)
            {
                ConfirmCore(contact);
            }
        }
    }

    private void ConfirmCore(DhtContact contact)
    {
        if (contact.Id == _ownId || !rules.MayContact(contact.EndPoint))
        {
            return;
        }
        var participant = rules.Participant(contact.EndPoint);
        if (_byParticipant.TryGetValue(participant, out var known))
        {
            if (known.Contact == contact)
            {
                known.Failures = 0;
                known.ConfirmedAt = BucketOf(contact.Id).TouchedAt = timeProvider.GetTimestamp();
                return;
            }
            // Another port of a listed address must wait until the listed one is gone; another id on the same port is a restart.
            if (!known.Contact.EndPoint.Equals(contact.EndPoint))
            {
                return;
            }
            Remove(known);
        }
        var bucket = BucketOf(contact.Id);
        var subnet = rules.Subnet(contact.EndPoint);
        if (bucket.FindReplaceable(contact, subnet) is { } replaceable)
        {
            Remove(replaceable);
        }
        if (!bucket.HasRoom(subnet))
        {
            bucket.AddSpare(contact);
            return;
        }
        bucket.TouchedAt = timeProvider.GetTimestamp();
        var entry = new RoutingEntry(contact, subnet) { ConfirmedAt = bucket.TouchedAt };
        bucket.Entries.Add(entry);
        _byParticipant[participant] = entry;
    }

    private void Remove(RoutingEntry entry)
    {
        BucketOf(entry.Contact.Id).Entries.Remove(entry);
        _byParticipant.Remove(rules.Participant(entry.Contact.EndPoint));
    }

    private RoutingBucket BucketOf(DhtNodeId id) => _buckets[Math.Min(_ownId.CommonPrefixLength(id), DhtNodeId.Bits - 1)];

    private static RoutingBucket[] CreateBuckets(TimeProvider timeProvider)
    {
        var buckets = new RoutingBucket[DhtNodeId.Bits];
        for (var i = 0; i < buckets.Length; i++)
        {
            buckets[i] = new RoutingBucket(capacity: Math.Max(DhtLimits.NodesPerAnswer, 64 >> Math.Min(i, 8)))
            {
                TouchedAt = timeProvider.GetTimestamp(),
            };
        }
        return buckets;
    }
}
