using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// Peers that others announced to us, for 30 minutes each; the info-hash that was not used for longest goes first.
/// One address has a small share of the info-hashes only.
/// Not thread-safe: the receive loop owns it.
/// </summary>
internal sealed class PeerStore(AddressRules rules, TimeProvider timeProvider)
{
    private readonly Dictionary<InfoHash, LinkedListNode<Swarm>> _swarms = [];
    private readonly LinkedList<Swarm> _byUse = new();

    public int InfoHashCount => _swarms.Count;

    public int PeerCount { get; private set; }

    /// <param name="infoHash">The torrent.</param>
    /// <param name="peer">Who shares it.</param>
    /// <param name="isSeed">The peer says that it has everything (BEP 33).</param>
    /// <returns>False when there is no place: its address has had its share, or the torrent has as many peers as are kept.</returns>
    public bool Add(InfoHash infoHash, IPEndPoint peer, bool isSeed = false)
    {
        ForgetUnused();
        if ((Touch(infoHash) ?? Create(infoHash, rules.Writer(peer))) is not { } swarm
            || (!swarm.Peers.ContainsKey(peer) && !MakeRoom(swarm, peer)))
        {
            return false;
        }
        PeerCount -= swarm.Peers.Count;
        swarm.Peers[peer] = new Sighting(timeProvider.GetTimestamp(), isSeed);
        PeerCount += swarm.Peers.Count;
        while ((PeerCount > DhtLimits.Peers || _swarms.Count > DhtLimits.InfoHashes) && _byUse.Count > 1)
        {
            Remove(_byUse.Last!.Value);
        }
        return true;
    }

    /// <summary>Up to <paramref name="max"/> live peers, picked at random.</summary>
    /// <param name="infoHash">The torrent.</param>
    /// <param name="max">Most that are wanted.</param>
    /// <param name="withoutSeeds">BEP 33: the asker is a seed itself.</param>
    public ReadOnlySpan<IPEndPoint> Sample(InfoHash infoHash, int max, bool withoutSeeds = false)
    {
        var live = FindLive(infoHash)?.Peers.Where(peer => !withoutSeeds || !peer.Value.IsSeed).Select(peer => peer.Key).ToList();
        var peers = CollectionsMarshal.AsSpan(live);
        RandomNumberGenerator.Shuffle(peers);
        return peers[..Math.Min(max, peers.Length)];
    }

    /// <summary>The hosts of a torrent as two bloom filters (BEP 33); null when none is known.</summary>
    public (ScrapeFilter Seeds, ScrapeFilter Downloaders)? Scrape(InfoHash infoHash)
    {
        if (FindLive(infoHash) is not { } swarm)
        {
            return null;
        }
        var (seeds, downloaders) = (new ScrapeFilter(), new ScrapeFilter());
        foreach (var (peer, sighting) in swarm.Peers)
        {
            (sighting.IsSeed ? seeds : downloaders).Add(peer.Address);
        }
        return (seeds, downloaders);
    }

    private Swarm? FindLive(InfoHash infoHash)
    {
        ForgetUnused();
        if (Touch(infoHash) is not { } swarm)
        {
            return null;
        }
        Expire(swarm);
        if (swarm.Peers.Count > 0)
        {
            return swarm;
        }
        Remove(swarm);
        return null;
    }

    // What nobody announced or asked for during a peer's lifetime has no live peers left.
    private void ForgetUnused()
    {
        while (_byUse.Last is { } last && timeProvider.GetElapsedTime(last.Value.UsedAt) >= DhtLimits.PeerLifetime)
        {
            Remove(last.Value);
        }
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
        node.Value.UsedAt = timeProvider.GetTimestamp();
        return node.Value;
    }

    private Swarm? Create(InfoHash infoHash, IPEndPoint writer)
    {
        if (_byUse.Count(other => other.Writer.Equals(writer)) >= DhtLimits.InfoHashesPerWriter)
        {
            return null;
        }
        var swarm = new Swarm(infoHash, writer) { UsedAt = timeProvider.GetTimestamp() };
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
        foreach (var (peer, sighting) in swarm.Peers)
        {
            if (timeProvider.GetElapsedTime(sighting.At, now) >= DhtLimits.PeerLifetime)
            {
                swarm.Peers.Remove(peer);
            }
        }
        PeerCount += swarm.Peers.Count;
    }

    private readonly record struct Sighting(long At, bool IsSeed);

    private sealed class Swarm(InfoHash infoHash, IPEndPoint writer)
    {
        public InfoHash InfoHash => infoHash;

        /// <summary>Who announced it first, and for whom it counts.</summary>
        public IPEndPoint Writer => writer;

        public Dictionary<IPEndPoint, Sighting> Peers { get; } = [];

        public long UsedAt { get; set; }
    }
}
