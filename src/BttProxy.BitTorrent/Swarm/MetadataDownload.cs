using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Fetches the info dictionary from several peers at once (BEP 9). Peers that tell different sizes are kept apart; blame falls on a
/// peer only when it was the single source. Changed only under the torrent's lock.
/// </summary>
internal sealed class MetadataDownload(Func<byte[], bool> isTorrents, TimeSpan timeout)
{
    // Four dictionaries of the largest size; more means that peers tell sizes and then hold back.
    private const int MaxBytes = 4 * Metainfo.TorrentLimits.MaxInfoBytes;
    private const int MaxOutstanding = 4;
    private const int MaxFailures = 3;
    private const int FirstBackOffMilliseconds = 1000;

    private readonly Dictionary<int, MetadataAssembly> _bySize = [];
    private readonly Dictionary<PeerSession, Standing> _standings = [];
    private int _bytes;
    private bool _found;

    /// <summary>Bytes of all dictionaries that are being put together.</summary>
    public int Bytes => _bytes;

    /// <summary>Asks the peer for what is missing.</summary>
    public void Fill(PeerSession peer, long now)
    {
        if (_found || peer.MetadataId == 0 || peer.MetadataSize is not { } size)
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
    public byte[]? OnData(PeerSession peer, MetadataMessage message, ReadOnlySpan<byte> data, long now, out DropReason blame)
    {
        blame = DropReason.None;
        if (Find(peer) is not { } assembly || _standings[peer].Outstanding == 0)
        {
            return null;
        }
        _standings[peer].Outstanding--;
        if (message.TotalSize != assembly.Size || !assembly.Receive(peer, message.Piece, data, now))
        {
            return null;
        }
        _bytes += data.Length;
        if (_bytes > MaxBytes)
        {
            GiveUpSlowest(assembly);
        }
        return assembly.IsComplete ? Verify(assembly, peer, out blame) : null;
    }

    /// <summary>The peer does not send a block now: ask it again later, and others meanwhile.</summary>
    public void OnReject(PeerSession peer, long now)
    {
        if (_standings.TryGetValue(peer, out var standing))
        {
            standing.Outstanding = 0;
            standing.RetryAt = now + (FirstBackOffMilliseconds << standing.Failures++);
            Release(peer);
        }
    }

    public void OnDisconnected(PeerSession peer)
    {
        Release(peer);
        if (_standings.Remove(peer) && peer.MetadataSize is { } size && !_standings.Keys.Any(other => other.MetadataSize == size))
        {
            _bytes -= _bySize.Remove(size, out var assembly) ? assembly.Received : 0;
        }
    }

    public void Expire(PeerSession peer, long now)
    {
        if (_standings.TryGetValue(peer, out var standing) && standing.Outstanding > 0
            && Find(peer)?.OldestRequest(peer) is { } oldest && now - oldest > timeout.TotalMilliseconds)
        {
            OnReject(peer, now);
        }
    }

    private byte[]? Verify(MetadataAssembly assembly, PeerSession last, out DropReason blame)
    {
        blame = DropReason.None;
        var metadata = assembly.ToBytes();
        if (isTorrents(metadata))
        {
            _found = true;
            _bySize.Clear();
            _bytes = 0;
            return metadata;
        }
        if (assembly.SingleSource() == last)
        {
            blame = DropReason.BadMetadata;
        }
        foreach (var (peer, standing) in _standings)
        {
            if (peer.MetadataSize == assembly.Size)
            {
                standing.Outstanding = 0;
            }
        }
        _bytes -= assembly.Received;
        assembly.StartOver(oneSourceOnly: true);
        return null;
    }

    /// <summary>The dictionary that has waited longest for a block was a lie, or too slow; its peers are not asked again.</summary>
    private void GiveUpSlowest(MetadataAssembly current)
    {
        if (_bySize.Values.Where(other => other != current && other.Received > 0).MinBy(other => other.LastReceivedAt) is not { } slowest)
        {
            return;
        }
        foreach (var (peer, standing) in _standings)
        {
            if (peer.MetadataSize == slowest.Size)
            {
                standing.Failures = MaxFailures;
                standing.Outstanding = 0;
            }
        }
        _bySize.Remove(slowest.Size);
        _bytes -= slowest.Received;
    }

    private void Release(PeerSession peer)
    {
        if (Find(peer) is { } assembly)
        {
            var before = assembly.Received;
            assembly.Release(peer);
            _bytes -= before - assembly.Received;
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
