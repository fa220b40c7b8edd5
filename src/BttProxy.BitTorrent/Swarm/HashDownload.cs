using BttProxy.BitTorrent.Merkle;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Fetches the piece layers that the metadata of a v2 torrent leaves out (BEP 52), what readers wait for first. Every answer is proven
/// against the file's root before it is used. Changed only under the torrent's lock.
/// </summary>
internal sealed class HashDownload(TorrentState torrent)
{
    private const int MaxOutstanding = 4;
    private const int MaxFailures = 3;
    private const int MaxUnrequested = 16;
    private const int TimeoutMilliseconds = 8000;
    private const int FirstBackOffMilliseconds = 1000;

    // A peer that is asked and silent must not hold up a reader: after this another one is asked too.
    private const int LateMilliseconds = 1000;

    // A peer that cannot have what is missing is not searched for it again with every message.
    private const int PauseMilliseconds = 250;

    // Bounds the search for a part that this peer can have.
    private const int MaxSearch = 1024;

    private readonly List<Part> _missing = [];
    private readonly Dictionary<(PieceLayer Layer, int Index), Part> _byIndex = [];
    private readonly Dictionary<PeerSession, Standing> _standings = [];

    /// <summary>The metadata is here: notes what is missing.</summary>
    public void Open()
    {
        var piece = 0;
        while (torrent.Info!.FileHashes is { } hashes && piece < torrent.Info.PieceCount)
        {
            var (_, _, layer) = hashes.Locate(piece);
            for (var i = 0; i < (layer?.PartCount ?? 0); i++)
            {
                var part = new Part(layer!, i, piece + (i * PieceLayer.PartLength));
                if (!layer!.IsPartKnown(i) && _byIndex.TryAdd((layer, i), part))
                {
                    _missing.Add(part);
                }
            }
            piece += layer?.Count ?? 1;
        }
    }

    /// <summary>Asks the peer for hashes that are missing.</summary>
    public void Fill(PeerSession peer)
    {
        if (_missing.Count == 0 || !peer.IsVersion2(torrent.Info) || peer.Have is not { Count: > 0 })
        {
            return;
        }
        if (!_standings.TryGetValue(peer, out var standing))
        {
            _standings[peer] = standing = new Standing();
        }
        var now = torrent.Now;
        if (standing.Failures >= MaxFailures || now < standing.RetryAt || now < standing.SearchAt)
        {
            return;
        }
        while (standing.Asked.Count < MaxOutstanding)
        {
            if ((FindWanted(peer, now) ?? FindAny(peer, now)) is not { } part)
            {
                standing.SearchAt = now + PauseMilliseconds;
                return;
            }
            part.Asked = peer;
            part.AskedAt = now;
            standing.Asked.Add(part);
            peer.Output.Write(PeerMessageId.HashRequest, part.Request);
            peer.Wake();
        }
    }

    /// <summary>Takes an answer.</summary>
    /// <returns>A reason to drop the peer, or none.</returns>
    public DropReason OnHashes(PeerSession peer, HashRequest request, ReadOnlySpan<byte> hashes)
    {
        if (!TryTakeBack(peer, request, out var part))
        {
            return ++peer.UnrequestedHashes > MaxUnrequested ? DropReason.UnrequestedData : DropReason.None;
        }
        var length = request.Length * MerkleTree.HashLength;
        if (part.Layer.IsPartKnown(part.Index))
        {
            return DropReason.None;
        }
        if (hashes.Length < length || !part.Layer.TryAdd(part.Index, hashes[..length], hashes[length..]))
        {
            return DropReason.BadHashes;
        }
        _missing.Remove(part);
        _byIndex.Remove((part.Layer, part.Index));
        if (_missing.Count == 0)
        {
            torrent.HashesComplete();
        }
        Fill(peer);
        torrent.Download.FillAll();
        return DropReason.None;
    }

    /// <summary>The peer does not have them now: ask it again later, and others meanwhile.</summary>
    public void OnReject(PeerSession peer, HashRequest request)
    {
        if (TryTakeBack(peer, request, out _))
        {
            BackOff(_standings[peer]);
            LetOthersSearch();
        }
    }

    public void OnDisconnected(PeerSession peer)
    {
        if (_standings.Remove(peer, out var standing))
        {
            Release(peer, standing);
        }
    }

    public void Expire(PeerSession peer)
    {
        if (_standings.TryGetValue(peer, out var standing)
            && standing.Asked.Exists(part => part.Asked == peer && torrent.Now - part.AskedAt > TimeoutMilliseconds))
        {
            Release(peer, standing);
            BackOff(standing);
        }
    }

    private void Release(PeerSession peer, Standing standing)
    {
        foreach (var part in standing.Asked.Where(part => part.Asked == peer))
        {
            part.Asked = null;
        }
        standing.Asked.Clear();
        LetOthersSearch();
    }

    private void LetOthersSearch()
    {
        foreach (var standing in _standings.Values)
        {
            standing.SearchAt = 0;
        }
    }

    private void BackOff(Standing standing) => standing.RetryAt = torrent.Now + (FirstBackOffMilliseconds << standing.Failures++);

    private bool TryTakeBack(PeerSession peer, HashRequest request, out Part part)
    {
        part = null!;
        if (!_standings.TryGetValue(peer, out var standing)
            || standing.Asked.Find(asked => asked.Request == request) is not { } found)
        {
            return false;
        }
        part = found;
        standing.Asked.Remove(found);
        if (found.Asked == peer)
        {
            found.Asked = null;
        }
        return true;
    }

    /// <summary>The first part of what a reader will read next.</summary>
    private Part? FindWanted(PeerSession peer, long now)
    {
        foreach (var window in torrent.Schedule!.Windows)
        {
            if (window.Ahead.Count > 0
                && (FindWanted(peer, now, window.Ahead with { Count = 1 })
                    ?? FindWanted(peer, now, window.Tail)
                    ?? FindWanted(peer, now, window.Ahead)) is { } part)
            {
                return part;
            }
        }
        return null;
    }

    private Part? FindWanted(PeerSession peer, long now, PieceRange pieces)
    {
        for (var piece = pieces.First; piece < pieces.End; piece++)
        {
            var (_, index, layer) = torrent.Info!.FileHashes!.Locate(piece);
            if (layer is not null && _byIndex.GetValueOrDefault((layer, index / PieceLayer.PartLength)) is { } part
                && part.MayBeAsked(peer, now) && peer.Has(piece))
            {
                return part;
            }
        }
        return null;
    }

    private Part? FindAny(PeerSession peer, long now)
    {
        for (var i = 0; i < _missing.Count && i < MaxSearch; i++)
        {
            if (_missing[i].MayBeAsked(peer, now) && _missing[i].IsCoveredBy(peer))
            {
                return _missing[i];
            }
        }
        return null;
    }

    private sealed class Part(PieceLayer layer, int index, int firstPiece)
    {
        public PieceLayer Layer => layer;

        public int Index => index;

        public PeerSession? Asked { get; set; }

        public long AskedAt { get; set; }

        public HashRequest Request { get; } = new(
            new InfoHashV2(layer.Root), layer.Level, index * PieceLayer.PartLength, layer.PartWidth, layer.Height - 1);

        public bool MayBeAsked(PeerSession peer, long now) =>
            Asked is null || (Asked != peer && now - AskedAt > LateMilliseconds);

        /// <summary>Whoever has a piece must be able to prove it.</summary>
        public bool IsCoveredBy(PeerSession peer)
        {
            var count = Math.Min(PieceLayer.PartLength, layer.Count - (index * PieceLayer.PartLength));
            for (var i = 0; i < count; i++)
            {
                if (peer.Has(firstPiece + i))
                {
                    return true;
                }
            }
            return false;
        }
    }

    private sealed class Standing
    {
        public List<Part> Asked { get; } = [];

        public int Failures { get; set; }

        public long RetryAt { get; set; }

        /// <summary>When to look again for a part that this peer can be asked for.</summary>
        public long SearchAt { get; set; }
    }
}
