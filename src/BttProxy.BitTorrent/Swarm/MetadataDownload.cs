using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Fetches the info dictionary from several peers at once (BEP 9). Peers that tell different sizes are kept apart; blame falls on a
/// peer only when it was the single source. Changed only under the torrent's lock.
/// </summary>
internal sealed class MetadataDownload(InfoHash infoHash)
{
    private const int MaxSizes = 8;
    private const int MaxOutstanding = 4;
    private const int MaxFailures = 3;
    private const int TimeoutMilliseconds = 8000;
    private const int FirstBackOffMilliseconds = 1000;

    private readonly Dictionary<int, MetadataAssembly> _bySize = [];
    private readonly Dictionary<PeerSession, Standing> _standings = [];

    /// <summary>Asks the peer for what is missing.</summary>
    public void Fill(PeerSession peer, long now)
    {
        if (peer.MetadataId == 0 || peer.MetadataSize is not { } size)
        {
            return;
        }
        if (!_standings.TryGetValue(peer, out var standing))
        {
            _standings[peer] = standing = new Standing();
        }
        if (standing.Failures >= MaxFailures || now < standing.RetryAt)
        {
            return;
        }
        if (!_bySize.TryGetValue(size, out var assembly))
        {
            if (_bySize.Count >= MaxSizes)
            {
                return;
            }
            _bySize[size] = assembly = new MetadataAssembly(size);
        }
        while (standing.Outstanding < MaxOutstanding && assembly.Take(peer, now) is { } block)
        {
            standing.Outstanding++;
            peer.Output.WriteExtended(
                peer.MetadataId, new MetadataMessage(MetadataMessageType.Request, block, 0, 0).Write());
        }
        peer.Wake();
    }

    /// <summary>Takes a block.</summary>
    /// <returns>The dictionary when it is complete and has the torrent's hash.</returns>
    public byte[]? OnData(PeerSession peer, MetadataMessage message, ReadOnlySpan<byte> data, out DropReason blame)
    {
        blame = DropReason.None;
        if (Find(peer) is not { } assembly || --_standings[peer].Outstanding < 0 || message.TotalSize != assembly.Size
            || !assembly.Receive(peer, message.Piece, data) || !assembly.IsComplete)
        {
            return null;
        }
        var metadata = assembly.ToBytes();
        if (InfoHash.Compute(metadata) == infoHash)
        {
            return metadata;
        }
        if (assembly.SingleSource() == peer)
        {
            blame = DropReason.BadMetadata;
        }
        foreach (var standing in _standings.Values)
        {
            standing.Outstanding = 0;
        }
        assembly.StartOver(oneSourceOnly: true);
        return null;
    }

    /// <summary>The peer does not send a block now: ask it again later, and others meanwhile.</summary>
    public void OnReject(PeerSession peer, long now)
    {
        if (_standings.TryGetValue(peer, out var standing))
        {
            standing.Outstanding = 0;
            standing.RetryAt = now + (FirstBackOffMilliseconds << standing.Failures++);
            Find(peer)?.Release(peer);
        }
    }

    public void OnDisconnected(PeerSession peer)
    {
        Find(peer)?.Release(peer);
        _standings.Remove(peer);
    }

    public void Expire(PeerSession peer, long now)
    {
        if (_standings.TryGetValue(peer, out var standing) && standing.Outstanding > 0
            && Find(peer)?.OldestRequest(peer) is { } oldest && now - oldest > TimeoutMilliseconds)
        {
            OnReject(peer, now);
        }
    }

    private MetadataAssembly? Find(PeerSession peer) =>
        peer.MetadataSize is { } size && _standings.ContainsKey(peer) ? _bySize.GetValueOrDefault(size) : null;

    private sealed class Standing
    {
        public int Outstanding { get; set; }

        public int Failures { get; set; }

        public long RetryAt { get; set; }
    }
}
