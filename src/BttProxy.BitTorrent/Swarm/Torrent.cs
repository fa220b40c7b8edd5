using System.Net;
using BttProxy.BitTorrent.Cache;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// One torrent of a <see cref="SwarmEngine"/>. It fetches what its readers ask for, or everything after <see cref="DownloadAll"/>, and
/// gives what it has to other peers.
/// </summary>
public sealed class Torrent
{
    private const int RetryMilliseconds = 5000;

    private readonly TorrentState _state;
    private readonly TorrentPeers _peers;
    private readonly PieceStoreOptions _storeOptions;
    private readonly OpenedSignal _opened = new();
    private readonly DiskWait _diskWait;
    private readonly Func<Torrent, InfoHash, bool> _claim;
    private bool _opening;
    private TorrentInfo? _retry;
    private long _retryAt;
    private volatile bool _stopped;

    /// <param name="infoHash">What it is added by.</param>
    /// <param name="context">What the engine's torrents share.</param>
    /// <param name="storeOptions">Where its content is kept.</param>
    /// <param name="claim">Makes another info-hash lead to this torrent; false when it leads to another one.</param>
    internal Torrent(
        InfoHash infoHash, SwarmContext context, PieceStoreOptions storeOptions, Func<Torrent, InfoHash, bool> claim)
    {
        _storeOptions = storeOptions;
        _claim = claim;
        _state = new TorrentState(infoHash, context) { MetadataReceived = OnMetadataReceived, HashesComplete = OnHashesComplete };
        _peers = new TorrentPeers(_state);
        _diskWait = new DiskWait(_state, _opened);
    }

    /// <summary>What the torrent was added by.</summary>
    public InfoHash InfoHash => _state.InfoHash;

    /// <summary>Every swarm that is known to be the torrent's: once its metadata is here, both of a hybrid one (BEP 52).</summary>
    public IReadOnlyList<InfoHash> SwarmHashes => _state.SwarmHashes;

    /// <summary>Null until the metadata is here.</summary>
    public TorrentInfo? Info => _state.Info;

    /// <summary>The verified pieces on disk; null until the metadata is here.</summary>
    public Bitfield? Have => _state.Store?.Have;

    /// <summary>Connected peers, web seeds not among them.</summary>
    public int PeerCount
    {
        get
        {
            lock (_state.Gate)
            {
                return _state.Peers.Count(peer => !peer.IsWebSeed);
            }
        }
    }

    public TorrentTotals Totals
    {
        get
        {
            lock (_state.Gate)
            {
                var now = _state.Now;
                return new TorrentTotals(
                    _state.DownloadRate.Total, _state.DuplicateBytes, _state.HashFailedBytes, _state.UploadRate.Total,
                    _state.DownloadRate.Rate(now), _state.UploadRate.Rate(now));
            }
        }
    }

    /// <summary>
    /// Why nothing more is fetched, until somebody asks for content again: <see cref="TorrentStorageException"/> when the disk cannot be
    /// used, <see cref="InvalidTorrentException"/> when the torrent contradicts itself. With less space free than
    /// <see cref="SwarmOptions.MinFreeBytes"/> it ends by itself. Null while all is well.
    /// </summary>
    public Exception? Failure
    {
        get
        {
            lock (_state.Gate)
            {
                return _state.Failure;
            }
        }
    }

    internal TorrentPeers Peers => _peers;

    internal TorrentState State => _state;

    /// <summary>True while more peers could help.</summary>
    internal bool IsStopped => _stopped;

    internal bool IsWanting
    {
        get
        {
            lock (_state.Gate)
            {
                return _state.IsWanting;
            }
        }
    }

    /// <summary>True when other peers could use us, or we them.</summary>
    internal bool IsWorthAnnouncing => IsWanting || Have is { Count: > 0 };

    /// <summary>Completes when the torrent's metadata is known, from disk or from peers, and its place on disk is open.</summary>
    /// <exception cref="TorrentStorageException">The disk cannot be used; it is tried again every few seconds.</exception>
    /// <exception cref="InvalidTorrentException">Peers have the metadata, and it is not acceptable.</exception>
    public async Task<TorrentInfo> MetadataAsync(CancellationToken cancellationToken)
    {
        using var span = _opened.Task.IsCompleted ? null : SwarmTracing.MetadataWait();
        return await _opened.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Opens verified bytes for reading: seekable, as many at once as wanted, asynchronous reads only. A read waits until its first piece
    /// is there; it throws <see cref="TorrentStorageException"/> when the disk fails and has not got the piece, and
    /// <see cref="IOException"/> when the torrent stops or contradicts itself.
    /// </summary>
    /// <param name="offset">Where it begins in the torrent's concatenated content.</param>
    /// <param name="length">Bytes; together with the offset within the torrent.</param>
    /// <param name="waited">Told of each wait for a piece, when it has ended.</param>
    /// <exception cref="InvalidOperationException">The metadata is not here yet.</exception>
    public Stream OpenRead(long offset, long length, Action<ContentWait>? waited = null)
    {
        var info = _state.Info ?? throw new InvalidOperationException("Await MetadataAsync first.");
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, info.Length - offset);
        var reader = new TorrentReader(_state, offset, length, waited);
        _peers.DialMore();
        return reader;
    }

    /// <summary>Fetches every piece, beside what readers ask for; also after the metadata arrives later.</summary>
    public void DownloadAll()
    {
        lock (_state.Gate)
        {
            _state.WantsAll = true;
            _state.Failure = null;
            if (_state.Schedule is { } schedule)
            {
                schedule.WantsAll = true;
                _state.Download.FillAll();
            }
        }
        _peers.DialMore();
    }

    /// <summary>Adds a peer to dial; refused silently when the connect guard does not allow it.</summary>
    public void AddPeer(IPEndPoint endPoint) => AddPeer(endPoint, PeerSource.Given);

    internal void AddPeer(IPEndPoint endPoint, PeerSource source) => _peers.Add(endPoint, source);

    /// <summary>Takes the info-hashes of a magnet link; false when another torrent goes by one of them.</summary>
    internal bool LearnHashes(InfoHash? version1, InfoHash? version2)
    {
        foreach (var hash in new[] { version1, version2 }.OfType<InfoHash>().Where(hash => hash != InfoHash))
        {
            if (!_claim(this, hash))
            {
                return false;
            }
        }
        lock (_state.Gate)
        {
            _state.LearnHashes(version1, version2);
        }
        return true;
    }

    /// <summary>Opens the torrent with metadata that is already known.</summary>
    internal void Open(TorrentInfo info)
    {
        if (TryBeginOpening())
        {
            _state.Context.Tasks.Run(cancellationToken => OpenAsync(info, cancellationToken));
        }
    }

    internal void Tick()
    {
        lock (_state.Gate)
        {
            _diskWait.Tick(isUnopened: !_opening && _retry is null && _state.Info is null);
        }
        if (TryTakeRetry() is { } info)
        {
            Open(info);
        }
        _peers.Tick();
    }

    internal void Stop()
    {
        _stopped = true;
        _peers.Stop();
        _opened.Fail(new IOException("The torrent was stopped."));
    }

    /// <summary>Closes the store, after the piece workers have finished.</summary>
    internal async Task CloseAsync()
    {
        if (_state.Store is { } store)
        {
            await (_state.Cached is { } cached ? _state.Context.Cache!.CloseAsync(cached, store) : store.DisposeAsync().AsTask());
        }
    }

    private bool TryBeginOpening()
    {
        lock (_state.Gate)
        {
            if (_opening || _state.IsStopped)
            {
                return false;
            }
            _opening = true;
            _retry = null;
            _opened.TryAgain();
            return true;
        }
    }

    private TorrentInfo? TryTakeRetry()
    {
        lock (_state.Gate)
        {
            return _state.Now >= _retryAt ? _retry : null;
        }
    }

    private void OnMetadataReceived(byte[] metadata)
    {
        if (!TryBeginOpening())
        {
            return;
        }
        // Parsing megabytes of metadata would hold up every peer: it is done elsewhere.
        _state.Context.Tasks.Run(async cancellationToken =>
        {
            try
            {
                await OpenAsync(TorrentInfo.Parse(metadata), cancellationToken);
            }
            catch (InvalidTorrentException exception)
            {
                _opened.Fail(exception);
            }
        });
    }

    private void OnHashesComplete() => _state.Context.Tasks.Run(async cancellationToken =>
    {
        try
        {
            await MetadataFile.SaveHashesAsync(_state.Info!, _storeOptions, cancellationToken);
        }
        catch (TorrentStorageException)
        {
            // The next start asks peers again; the disk reports itself with the next piece.
        }
    });

    private void Accept(TorrentInfo info)
    {
        if (!info.IsNamed(InfoHash))
        {
            throw new InvalidTorrentException(
                TorrentProblem.WrongInfoHash, "The metadata belongs to this info-hash by a version of BitTorrent that the torrent is not of.");
        }
        if (_state.Version2Hash is { } version2 && version2 != info.InfoHashV2?.Truncated)
        {
            throw new InvalidTorrentException(
                TorrentProblem.WrongInfoHash, "The link's v1 and v2 info-hashes are of two different torrents.");
        }
        if (!LearnHashes(info.InfoHashV1, info.InfoHashV2?.Truncated))
        {
            throw new InvalidTorrentException(
                TorrentProblem.AlreadyJoined, "This torrent has a v1 and a v2 info-hash, and is here already by the other one.");
        }
    }

    private async Task OpenAsync(TorrentInfo info, CancellationToken cancellationToken)
    {
        try
        {
            Accept(info);
            if (_state.Context.Cache is { } cache && _storeOptions.ContentPath is null)
            {
                var cached = await cache.BeginOpeningAsync(info, cancellationToken);
                try
                {
                    await OpenStoreAsync(info, cached, cancellationToken);
                }
                finally
                {
                    cache.EndOpening(cached);
                }
            }
            else
            {
                await OpenStoreAsync(info, cached: null, cancellationToken);
            }
            _opened.Set(info);
        }
        catch (TorrentStorageException exception)
        {
            Fail(info, exception);
        }
        catch (Exception exception) when (exception is InvalidTorrentException or OperationCanceledException)
        {
            _opened.Fail(exception);
        }
    }

    private async Task OpenStoreAsync(TorrentInfo info, CachedTorrent? cached, CancellationToken cancellationToken)
    {
        if (_storeOptions.ContentPath is null && _state.Context.Disk.Failure is { } failure
            && !MetadataFile.Exists(info.InfoHash, _storeOptions))
        {
            // Nothing of it is here, and nothing may come.
            throw new TorrentStorageException(failure.Message, failure.IsDiskFull, failure);
        }
        var store = await PieceStore.OpenAsync(info, _storeOptions, cancellationToken);
        var isOpen = false;
        try
        {
            if (_storeOptions.ContentPath is not null)
            {
                await store.VerifyExistingAsync(progress: null, cancellationToken);
            }
            else
            {
                await MetadataFile.SaveAsync(info, _storeOptions, cancellationToken);
            }
            isOpen = TryAttach(info, store, cached);
        }
        finally
        {
            if (!isOpen)
            {
                await store.DisposeAsync();
            }
        }
    }

    /// <returns>False when the torrent was stopped meanwhile.</returns>
    private bool TryAttach(TorrentInfo info, PieceStore store, CachedTorrent? cached)
    {
        lock (_state.Gate)
        {
            if (_state.IsStopped)
            {
                return false;
            }
            _state.Failure = null;
            _state.Open(info, store, cached);
            _peers.OnOpened();
        }
        if (cached is not null)
        {
            _state.Context.Cache!.Opened(cached, _state, store);
        }
        return true;
    }

    /// <summary>The place on disk cannot be opened now: whoever waits hears it, and it is tried again.</summary>
    private void Fail(TorrentInfo info, TorrentStorageException exception)
    {
        lock (_state.Gate)
        {
            _opening = false;
            _retry = info;
            _retryAt = _state.Now + RetryMilliseconds;
            _state.Failure = exception;
            _opened.Fail(exception);
        }
    }
}
