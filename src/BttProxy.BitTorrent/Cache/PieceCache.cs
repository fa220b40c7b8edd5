using System.Diagnostics.Metrics;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Cache;

/// <summary>
/// Keeps the torrents of a directory within budgets, those that are in no swarm too: what was not used for longest goes, but nothing that
/// a reader's window covers, that is being read, or that is pinned. Thread-safe; its lock is taken inside a torrent's, never around it.
/// </summary>
internal sealed partial class PieceCache : IDisposable
{
    private const int StampSeconds = 60;

    private readonly string _directory;
    private readonly CacheBudget _budget;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly CacheMetrics _metrics;
    private readonly CacheIndex _index;
    private readonly HashSet<InfoHash> _pinned = [];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _evicting = new(1);
    private long _lastStamp;
    private long _evictedBytes;
    private int _readers;
    private bool _givesBackParts;

    public PieceCache(string directory, CacheBudget budget, TimeProvider timeProvider, ILogger logger, IMeterFactory? meterFactory)
    {
        _directory = directory;
        _budget = budget;
        _timeProvider = timeProvider;
        _logger = logger;
        _index = new CacheIndex(budget);
        _metrics = new CacheMetrics(meterFactory, budget, () => Usage);
    }

    public CacheUsage Usage
    {
        get
        {
            lock (_gate)
            {
                return new CacheUsage(_index.Held, _index.Pinned, _index.Torrents.Count, _evictedBytes);
            }
        }
    }

    /// <summary>Learns what the directory holds, and brings it within the budgets.</summary>
    /// <param name="givesBackParts">False: treat the disk as one that gives back whole files only. Null: find out.</param>
    /// <param name="cancellationToken">Stops between torrents.</param>
    /// <exception cref="TorrentStorageException">The directory cannot be used, or another program uses it.</exception>
    public async Task LoadAsync(bool? givesBackParts, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(_directory);
            _givesBackParts = givesBackParts ?? HolePunch.IsSupportedAt(_directory);
            var found = new List<CacheLoad.Piece>();
            foreach (var folder in Directory.EnumerateDirectories(_directory))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (InfoHash.TryParse(Path.GetFileName(folder), out var infoHash))
                {
                    Load(infoHash, found);
                }
            }
            lock (_gate)
            {
                foreach (var (torrent, unit, _) in CacheLoad.InOrder(found))
                {
                    _index.Use(torrent, unit, NextStamp());
                }
            }
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, _directory);
        }
        await EvictAsync(cancellationToken);
    }

    /// <summary>Begins to open a torrent, while nobody else touches what is on disk of it; ended by <see cref="EndOpening"/>.</summary>
    public async Task<CachedTorrent> BeginOpeningAsync(TorrentInfo info, CancellationToken cancellationToken)
    {
        while (true)
        {
            var torrent = GetOrAdd(info);
            await torrent.Use.WaitAsync(cancellationToken);
            lock (_gate)
            {
                if (_index.Find(info.InfoHash) == torrent)
                {
                    return torrent;
                }
            }
            // It was forgotten meanwhile.
            torrent.Use.Release();
        }
    }

    /// <summary>The torrent is open, or could not be opened.</summary>
    public void EndOpening(CachedTorrent torrent)
    {
        torrent.Use.Release();
        ForgetIfEmpty(torrent);
    }

    /// <summary>The torrent is open: what its store has found is what counts.</summary>
    public void Opened(CachedTorrent torrent, TorrentState state, PieceStore store)
    {
        bool savesPin;
        lock (_gate)
        {
            for (var unit = 0; unit <= torrent.UnitOf(store.Info.PieceCount - 1); unit++)
            {
                var isThere = IsAnyThere(store.Have, torrent.PiecesOf(unit));
                if (isThere && !torrent.Units.Contains(unit))
                {
                    _index.Use(torrent, unit, NextStamp());
                }
                else if (!isThere)
                {
                    _index.Drop(torrent, unit);
                }
            }
            torrent.Open = state;
            savesPin = torrent.IsPinned != store.IsPinned;
        }
        store.PieceLost = piece => Lost(torrent, store, piece);
        if (savesPin)
        {
            store.SavePinned(torrent.IsPinned);
        }
    }

    /// <summary>Closes the torrent's store: what it holds stays, a torrent of which nothing is held goes.</summary>
    public async Task CloseAsync(CachedTorrent torrent, PieceStore store)
    {
        await torrent.Use.WaitAsync();
        try
        {
            await store.DisposeAsync();
            lock (_gate)
            {
                torrent.Open = null;
            }
        }
        finally
        {
            torrent.Use.Release();
        }
        ForgetIfEmpty(torrent);
    }

    /// <summary>Makes place for a piece that is about to be written, and counts it.</summary>
    public async Task MakeRoomAsync(CachedTorrent torrent, int piece, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _index.Use(torrent, torrent.UnitOf(piece), NextStamp());
        }
        await EvictAsync(cancellationToken);
    }

    /// <summary>The piece was written, or could not be.</summary>
    public void Written(CachedTorrent torrent, PieceStore store, int piece)
    {
        if (!store.HasPiece(piece))
        {
            Lost(torrent, store, piece);
            return;
        }
        lock (_gate)
        {
            _index.Use(torrent, torrent.UnitOf(piece), NextStamp());
        }
        SaveStamp(store, piece);
    }

    /// <summary>A piece is damaged, or could not be written.</summary>
    private void Lost(CachedTorrent torrent, PieceStore store, int piece)
    {
        lock (_gate)
        {
            var unit = torrent.UnitOf(piece);
            if (!IsAnyThere(store.Have, torrent.PiecesOf(unit)))
            {
                _index.Drop(torrent, unit);
            }
        }
    }

    /// <summary>Somebody reads the piece.</summary>
    public void Used(CachedTorrent torrent, PieceStore store, int piece)
    {
        lock (_gate)
        {
            var unit = torrent.UnitOf(piece);
            if (!torrent.Units.Contains(unit))
            {
                return;
            }
            _index.Use(torrent, unit, NextStamp());
        }
        SaveStamp(store, piece);
    }

    /// <summary>Notes on disk when the piece was used, though not more often than is worth a write.</summary>
    private void SaveStamp(PieceStore store, int piece)
    {
        var seconds = (uint)_timeProvider.GetUtcNow().ToUnixTimeSeconds();
        var stamps = store.SavedStamps;
        if (piece < stamps.Length && seconds - stamps[piece] < StampSeconds)
        {
            return;
        }
        try
        {
            store.SaveStamp(piece, seconds);
        }
        catch (TorrentStorageException exception)
        {
            // Costs the order at the next start, nothing more.
            LogStampFailed(_logger, exception);
        }
    }

    /// <summary>Keeps a torrent whatever happens, or no longer; remembered over restarts once anything of it is there.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public async Task SetPinnedAsync(InfoHash infoHash, bool isPinned, CancellationToken cancellationToken)
    {
        CachedTorrent? torrent;
        lock (_gate)
        {
            _ = isPinned ? _pinned.Add(infoHash) : _pinned.Remove(infoHash);
            torrent = _index.Find(infoHash);
            if (torrent is not null)
            {
                _index.SetPinned(torrent, isPinned);
            }
        }
        if (torrent is null)
        {
            return;
        }
        await torrent.Use.WaitAsync(cancellationToken);
        try
        {
            if (torrent.Open?.Store is { } store)
            {
                store.SavePinned(isPinned);
            }
            else if (StoredTorrent.Open(_directory, infoHash) is { } stored)
            {
                using (stored)
                {
                    Drop(torrent, stored.SetPinned(isPinned));
                }
            }
        }
        finally
        {
            torrent.Use.Release();
        }
        await EvictAsync(cancellationToken);
    }

    public bool IsPinned(InfoHash infoHash)
    {
        lock (_gate)
        {
            return _pinned.Contains(infoHash);
        }
    }

    public void ReaderOpened() => Interlocked.Increment(ref _readers);

    public void ReaderClosed() => Interlocked.Decrement(ref _readers);

    /// <summary>
    /// How far ahead one reader may have its torrent fetched, so that the windows of all, which nothing is taken from, fit twice.
    /// </summary>
    /// <param name="readers">Of the torrent.</param>
    public long ReadAheadLimit(int readers)
    {
        var all = Math.Max(1, Volatile.Read(ref _readers));
        return Math.Min((_budget.Total ?? long.MaxValue) / 2 / all, (_budget.PerTorrent ?? long.MaxValue) / 2 / Math.Max(1, readers));
    }

    /// <summary>True when that many bytes fit without anything being given up: only then is more fetched than readers ask for.</summary>
    public bool HasRoom(CachedTorrent torrent, long bytes)
    {
        lock (_gate)
        {
            return torrent.IsPinned
                || (!(_index.Held + bytes > _budget.Total) && !(torrent.Held + bytes > _budget.PerTorrent));
        }
    }

    public void Dispose() => _evicting.Dispose();

    private CachedTorrent GetOrAdd(TorrentInfo info)
    {
        lock (_gate)
        {
            if (_index.Find(info.InfoHash) is not { } torrent)
            {
                torrent = Create(info.InfoHash, new SegmentLayout(info.PieceLength, info.Length), info.RawBytes.Length);
                _index.Add(torrent);
            }
            return torrent;
        }
    }

    private CachedTorrent Create(InfoHash infoHash, SegmentLayout layout, long metadataBytes) => new(
        infoHash, layout, layout.PiecesPerUnit(_givesBackParts), metadataBytes + PieceStateFile.MaxLength(layout.PieceCount))
    {
        IsPinned = _pinned.Contains(infoHash),
    };

    private void Load(InfoHash infoHash, List<CacheLoad.Piece> found)
    {
        CachedTorrent? torrent = null;
        using (var stored = StoredTorrent.Open(_directory, infoHash))
        {
            if (stored is not null && (stored.Have.Count > 0 || stored.IsPinned))
            {
                stored.Tidy();
                lock (_gate)
                {
                    if (stored.IsPinned)
                    {
                        _pinned.Add(infoHash);
                    }
                    torrent = Create(infoHash, stored.Layout, MetadataFile.SizeOf(infoHash, _directory));
                    _index.Add(torrent);
                }
                CacheLoad.Collect(torrent, stored, found);
            }
        }
        if (torrent is null)
        {
            // Nothing of it is there, or nothing that could be told from garbage.
            StoredTorrent.Delete(_directory, infoHash);
        }
    }

    /// <summary>Above all stamps so far.</summary>
    private long NextStamp() => ++_lastStamp;

    private static bool IsAnyThere(Bitfield have, PieceRange pieces)
    {
        for (var piece = pieces.First; piece < pieces.End; piece++)
        {
            if (have[piece])
            {
                return true;
            }
        }
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "When a piece was used could not be noted")]
    private static partial void LogStampFailed(ILogger logger, Exception exception);
}
