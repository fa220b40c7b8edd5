using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Decides which block is asked from whom: readers first, nearest piece first; then, when the whole torrent is wanted, started pieces
/// and the rarest of the others; at last another copy of blocks that are late. Changed only under the torrent's lock.
/// </summary>
internal sealed class PieceSchedule(TorrentInfo info, Bitfield have, PieceMemory memory)
{
    private const int LateScanMilliseconds = 100;

    // A search through all pieces that found none is not repeated for each received block.
    private const int FruitlessMilliseconds = 250;

    private readonly Dictionary<int, PieceAssembly> _active = [];
    private readonly List<PieceAssembly> _inOrder = [];
    private readonly HashSet<int> _suspects = [];
    private readonly ReadWindows _windows = new();
    private readonly List<PieceAssembly> _open = [];
    private readonly PieceRarity _rarity = List(info, have);
    private readonly PieceMemoryShare _memory = new(memory);
    private readonly bool _hasPadding = info.Files.Any(file => file.IsPadding);

    /// <summary>Every missing piece is wanted, not only what readers ask for.</summary>
    public bool WantsAll { get; set; }

    /// <summary>Told how many bytes would be fetched though no reader asks for them; false when they may not be kept.</summary>
    public Func<long, bool> HasRoom { get; set; } = static _ => true;

    public IReadOnlyList<ReadWindow> Windows => _windows.All;

    /// <summary>Pieces in memory, complete or not.</summary>
    public IReadOnlyCollection<PieceAssembly> Active => _inOrder;

    public void AddWindow(ReadWindow window) => _windows.Add(window);

    public void RemoveWindow(ReadWindow window) => _windows.Remove(window);

    public PieceAssembly? Find(int piece) => _active.GetValueOrDefault(piece);

    /// <summary>True when a piece is missing that somebody asked for.</summary>
    public bool IsWanting() => (WantsAll && !have.IsComplete) || _windows.AreMissing(have);

    public bool IsWanted(int piece) => WantsAll || _windows.Cover(piece);

    /// <summary>True when a reader wants any of the pieces, or just takes it.</summary>
    public bool IsInWindow(PieceRange pieces) => _windows.Touch(pieces);

    /// <summary>The peer told its pieces. What it told before must have been forgotten.</summary>
    public void AddPeer(PeerSession peer)
    {
        peer.IsCounted = peer.Have is { IsComplete: false };
        ChangeAvailability(peer, 1);
    }

    /// <summary>The peer left, or tells its pieces anew.</summary>
    public void ForgetPeer(PeerSession peer)
    {
        ChangeAvailability(peer, -1);
        peer.IsCounted = false;
    }

    /// <summary>A peer got one more piece.</summary>
    public void AddPiece(PeerSession peer, int piece)
    {
        if (!peer.IsCounted && peer.Have!.Count == 1)
        {
            peer.IsCounted = true;
        }
        if (peer.IsCounted)
        {
            _rarity.Change(piece, 1);
        }
        peer.NothingFoundUntil = 0;
    }

    /// <summary>Pieces that the store lost, because somebody damaged the files, are wanted again.</summary>
    public void ListLost()
    {
        if (_rarity.Count + _active.Count + have.Count >= info.PieceCount)
        {
            return;
        }
        for (var piece = info.PieceCount - 1; piece >= 0; piece--)
        {
            if (!have[piece] && !_active.ContainsKey(piece))
            {
                _rarity.Add(piece);
            }
        }
    }

    /// <summary>Chooses up to <paramref name="count"/> blocks for the peer and notes them as asked for.</summary>
    public void Fill(PeerSession peer, int count, long now, List<BlockRequest> chosen)
    {
        if (count <= 0 || peer.Have is null)
        {
            return;
        }
        var wanted = chosen.Count + count;
        var seeksLate = now - peer.LastLateScanAt >= LateScanMilliseconds;
        if (seeksLate)
        {
            peer.LastLateScanAt = now;
            FillHeads(peer, wanted, now, chosen);
        }
        var hasMemory = FillWindows(peer, wanted, now, chosen);
        if (WantsAll || !hasMemory)
        {
            FillOpen(peer, wanted, now, chosen);
        }
        if (WantsAll && hasMemory)
        {
            FillRarest(peer, wanted, now, chosen);
        }
        if (seeksLate && chosen.Count < wanted)
        {
            FillLate(peer, wanted, now, chosen);
        }
    }

    /// <summary>The piece failed its hash check and was fetched from several peers: the next try uses one.</summary>
    public void Suspect(int piece) => _suspects.Add(piece);

    /// <summary>The peer will not send the block.</summary>
    public void Release(int piece, int block, PeerSession peer)
    {
        if (Find(piece) is { } assembly)
        {
            assembly.Release(block, peer);
            if (assembly.Free > 0)
            {
                Open(assembly);
            }
        }
    }

    /// <summary>Takes the piece out of memory if it is still there; requests for it must have been taken back.</summary>
    public void Remove(PieceAssembly assembly)
    {
        if (!_inOrder.Remove(assembly))
        {
            return;
        }
        _open.Remove(assembly);
        _active.Remove(assembly.Index);
        if (!have[assembly.Index])
        {
            _rarity.Add(assembly.Index);
        }
        if (assembly is { OneSourceOnly: true, IsComplete: false })
        {
            _suspects.Add(assembly.Index);
        }
        _memory.Return(assembly.Buffer);
    }

    /// <summary>Pieces that were begun for a reader who went elsewhere.</summary>
    public List<PieceAssembly> Unwanted() => _inOrder.FindAll(assembly => !assembly.IsComplete && !IsWanted(assembly.Index));

    /// <summary>Gives back the memory of pieces that will not be finished; those complete belong to a piece worker.</summary>
    public void Clear()
    {
        foreach (var assembly in _inOrder.FindAll(assembly => !assembly.IsComplete))
        {
            Remove(assembly);
        }
    }

    /// <returns>False when the memory is used up: then nothing more can be begun, and the windows need not be looked through.</returns>
    private bool FillWindows(PeerSession peer, int wanted, long now, List<BlockRequest> chosen)
    {
        var longest = _windows.Order();
        for (var distance = 0; distance < longest; distance++)
        {
            for (var i = 0; i < _windows.All.Count; i++)
            {
                var window = _windows.All[i];
                if (chosen.Count >= wanted)
                {
                    return true;
                }
                if (distance < window.Ahead.Count && !FillPiece(peer, window.Ahead.First + distance, wanted, now, chosen, window))
                {
                    return false;
                }
            }
            if (distance == 0 && !FillTails(peer, wanted, now, chosen))
            {
                return false;
            }
        }
        return true;
    }

    /// <returns>False when the memory is used up.</returns>
    private bool FillTails(PeerSession peer, int wanted, long now, List<BlockRequest> chosen)
    {
        for (var i = 0; i < _windows.All.Count; i++)
        {
            var window = _windows.All[i];
            for (var piece = window.Tail.First; window.Ahead.Count > 0 && piece < window.Tail.End && chosen.Count < wanted; piece++)
            {
                if (!FillPiece(peer, piece, wanted, now, chosen, window))
                {
                    return false;
                }
            }
        }
        return true;
    }

    private void FillRarest(PeerSession peer, int wanted, long now, List<BlockRequest> chosen)
    {
        while (chosen.Count < wanted && HasRoom(info.PieceLength) && FindRarest(peer, now) is { } piece)
        {
            if (!FillPiece(peer, piece, wanted, now, chosen))
            {
                return;
            }
        }
    }

    /// <summary>Goes on with pieces that are begun.</summary>
    private void FillOpen(PeerSession peer, int wanted, long now, List<BlockRequest> chosen)
    {
        for (var i = 0; i < _open.Count && chosen.Count < wanted; i++)
        {
            Take(peer, _open[i], wanted, now, chosen);
        }
        CloseTaken();
    }

    /// <summary>What a reader waits for comes before all else.</summary>
    private void FillHeads(PeerSession peer, int wanted, long now, List<BlockRequest> chosen)
    {
        for (var i = 0; i < _windows.All.Count; i++)
        {
            var window = _windows.All[i];
            if (window.IsAwaited && Find(window.Ahead.First) is { } assembly)
            {
                AskLate(peer, assembly, wanted, now, chosen, isAwaited: true);
            }
        }
    }

    private void FillLate(PeerSession peer, int wanted, long now, List<BlockRequest> chosen)
    {
        foreach (var assembly in _inOrder)
        {
            AskLate(peer, assembly, wanted, now, chosen, isAwaited: false);
        }
    }

    private static void AskLate(PeerSession peer, PieceAssembly assembly, int wanted, long now, List<BlockRequest> chosen, bool isAwaited)
    {
        if (assembly.IsComplete || assembly.OneSourceOnly || !peer.Has(assembly.Index))
        {
            return;
        }
        for (var block = 0; block < assembly.BlockCount && chosen.Count < wanted; block++)
        {
            if (LateBlock.IsFor(peer, assembly, block, now, isAwaited))
            {
                assembly.TakeSecond(block, peer, now)?.TakeBack(assembly.Request(block));
                Ask(peer, assembly, block, now, chosen);
            }
        }
    }

    /// <returns>False when the piece could not be begun for want of memory.</returns>
    private bool FillPiece(
        PeerSession peer, int piece, int wanted, long now, List<BlockRequest> chosen, ReadWindow? window = null)
    {
        if (have[piece] || !peer.Has(piece) || !info.CanVerify(piece))
        {
            return true;
        }
        if (!_active.TryGetValue(piece, out var assembly))
        {
            assembly = TryBegin(piece);
            if (assembly is null)
            {
                return false;
            }
            if (window is not null)
            {
                _windows.Begin(window);
            }
        }
        Take(peer, assembly, wanted, now, chosen);
        return true;
    }

    private static void Take(PeerSession peer, PieceAssembly assembly, int wanted, long now, List<BlockRequest> chosen)
    {
        if (assembly.Free == 0 || !peer.Has(assembly.Index) || !assembly.Accepts(peer))
        {
            return;
        }
        while (chosen.Count < wanted && assembly.Take(peer, now) is >= 0 and var block)
        {
            Ask(peer, assembly, block, now, chosen);
        }
    }

    private static void Ask(PeerSession peer, PieceAssembly assembly, int block, long now, List<BlockRequest> chosen)
    {
        peer.Requests.Add(assembly.Index, block, now);
        chosen.Add(assembly.Request(block));
    }

    private PieceAssembly? TryBegin(int piece)
    {
        var size = info.PieceSize(piece);
        var buffer = _memory.TryRent(size, _windows.All.Count);
        if (buffer is null && _inOrder.Find(other => other.IsAbandoned) is { } abandoned)
        {
            // Whoever had it let us down; it must not keep others from going on with theirs.
            Remove(abandoned);
            buffer = _memory.TryRent(size, _windows.All.Count);
        }
        if (buffer is null)
        {
            return null;
        }
        var assembly = new PieceAssembly(piece, size, info.TransferSize(piece), buffer) { OneSourceOnly = _suspects.Remove(piece) };
        if (_hasPadding)
        {
            PaddingBlocks.Fill(info, assembly);
        }
        _rarity.Remove(piece);
        _active.Add(piece, assembly);
        _inOrder.Add(assembly);
        Open(assembly);
        return assembly;
    }

    /// <summary>The rarest piece that nobody has begun and this peer has; the first of equals keeps writes in order.</summary>
    private int? FindRarest(PeerSession peer, long now)
    {
        if (now < peer.NothingFoundUntil && peer.NothingFoundAt == _rarity.Version)
        {
            return null;
        }
        var piece = _rarity.Find(peer.Have!, info);
        if (piece is null)
        {
            peer.NothingFoundAt = _rarity.Version;
            peer.NothingFoundUntil = now + FruitlessMilliseconds;
        }
        return piece;
    }

    private void Open(PieceAssembly assembly)
    {
        if (!assembly.IsOpen)
        {
            assembly.IsOpen = true;
            _open.Add(assembly);
        }
    }

    private void CloseTaken()
    {
        if (_open.Exists(static assembly => assembly.Free == 0))
        {
            _open.RemoveAll(static assembly => !(assembly.IsOpen = assembly.Free > 0));
        }
    }

    private void ChangeAvailability(PeerSession peer, int change)
    {
        for (var piece = info.PieceCount - 1; piece >= 0 && peer.IsCounted; piece--)
        {
            if (peer.Has(piece))
            {
                _rarity.Change(piece, change);
            }
        }
    }

    private static PieceRarity List(TorrentInfo info, Bitfield have)
    {
        var rarity = new PieceRarity(info.PieceCount);
        for (var piece = info.PieceCount - 1; piece >= 0; piece--)
        {
            if (!have[piece])
            {
                rarity.Add(piece);
            }
        }
        return rarity;
    }
}
