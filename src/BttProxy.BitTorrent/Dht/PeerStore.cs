using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// Peers that others announced to us, for 30 minutes each; the info-hash that was not used for longest goes first.
/// Not thread-safe: the receive loop owns it.
/// </summary>
internal sealed class PeerStore(AddressRules rules, TimeProvider timeProvider)
{
    private readonly Dictionary<InfoHash, LinkedListNode<Swarm>> _swarms = [];
    private readonly LinkedList<Swarm> _byUse = new();

    public int InfoHashCount => _swarms.Count;

    public int PeerCount { get; private set; }

    public void Add(InfoHash infoHash, IPEndPoint peer)
    {
        var swarm = Touch(infoHash) ?? Create(infoHash);
        if (!swarm.Peers.ContainsKey(peer) && !MakeRoom(swarm, peer))
        {
            return;
        }
        PeerCount -= swarm.Peers.Count;
        swarm.Peers[peer] = timeProvider.GetTimestamp();
        PeerCount += swarm.Peers.Count;
        while ((PeerCount > DhtLimits.Peers || _swarms.Count > DhtLimits.InfoHashes) && _byUse.Count > 1)
        {
            Remove(_byUse.Last!.Value);
        }
    }

    /// <summary>Up to <paramref name="max"/> live peers, picked at random.</summary>
    public ReadOnlySpan<IPEndPoint> Sample(InfoHash infoHash, int max)
    {
        if (Touch(infoHash) is not { } swarm)
        {
            return [];
        }
        Expire(swarm);
        if (swarm.Peers.Count == 0)
        {
            Remove(swarm);
            return [];
        }
        var peers = CollectionsMarshal.AsSpan(swarm.Peers.Keys.ToList());
        RandomNumberGenerator.Shuffle(peers);
        return peers[..Math.Min(max, peers.Length)];
    }

    private bool MakeRoom(Swarm swarm, IPEndPoint peer)
    {
        if (swarm.Peers.Keys.Count(other => rules.IsSameParticipant(other, peer)) >= DhtLimits.PeersPerAddress)
        {
            return false;
        }
        if (swarm.Peers.Count >= DhtLimits.PeersPerInfoHash)
        {
            Expire(swarm);
        }
        return swarm.Peers.Count < DhtLimits.PeersPerInfoHash;
    }

    private Swarm? Touch(InfoHash infoHash)
    {
        if (!_swarms.TryGetValue(infoHash, out var node))
        {
            return null;
        }
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value;
    }

    private Swarm Create(InfoHash infoHash)
    {
        var swarm = new Swarm(infoHash, []);
        _swarms[infoHash] = _byUse.AddFirst(swarm);
        return swarm;
    }

    private void Remove(Swarm swarm)
    {
        if (_swarms.Remove(swarm.InfoHash, out var node))
        {
            _byUse.Remove(node);
            PeerCount -= swarm.Peers.Count;
        }
    }

    private void Expire(Swarm swarm)
    {
        var now = timeProvider.GetTimestamp();
        PeerCount -= swarm.Peers.Count;
        foreach (var (peer, seen) in swarm.Peers)
        {
            if (timeProvider.GetElapsedTime(seen, now) >= DhtLimits.PeerLifetime)
            {
                swarm.Peers.Remove(peer);
            }
        }
        PeerCount += swarm.Peers.Count;
    }

    private sealed record Swarm(InfoHash InfoHash, Dictionary<IPEndPoint, long> Peers);
}
