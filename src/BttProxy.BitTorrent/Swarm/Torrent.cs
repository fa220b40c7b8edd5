using System.Net;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// One torrent of a <see cref="SwarmEngine"/>. It fetches what its readers ask for, or everything after <see cref="DownloadAll"/>, and
/// gives what it has to other peers.
/// </summary>
public sealed class Torrent
{
    private readonly TorrentState _state;
    private readonly TorrentPeers _peers;
    private readonly TaskCompletionSource<TorrentInfo> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PieceStoreOptions _storeOptions;
    private bool _opening;
    private volatile bool _stopped;

    internal Torrent(InfoHash infoHash, SwarmContext context, PieceStoreOptions storeOptions)
    {
        _storeOptions = storeOptions;
        _state = new TorrentState(infoHash, context) { MetadataReceived = OnMetadataReceived };
        _peers = new TorrentPeers(_state);
        // Whoever waits for the metadata hears of a failure; when nobody does, it is no unobserved exception.
        _ = _opened.Task.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    public InfoHash InfoHash => _state.InfoHash;

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

    /// <summary>Why the disk could not be used, until somebody asks for content again; null while all is well.</summary>
    public TorrentStorageException? Failure
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
    /// <exception cref="TorrentStorageException">The disk cannot be used.</exception>
    /// <exception cref="InvalidTorrentException">Peers have the metadata, and it is not acceptable.</exception>
    public Task<TorrentInfo> MetadataAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);

    /// <summary>
    /// Opens verified bytes for reading: seekable, as many at once as wanted, asynchronous reads only. A read waits until its first piece
    /// is there; it throws <see cref="TorrentStorageException"/> when the disk fails and <see cref="IOException"/> when the torrent stops.
    /// </summary>
    /// <param name="offset">Where it begins in the torrent's concatenated content.</param>
    /// <param name="length">Bytes; together with the offset within the torrent.</param>
    /// <exception cref="InvalidOperationException">The metadata is not here yet.</exception>
    public Stream OpenRead(long offset, long length)
    {
        var info = _state.Info ?? throw new InvalidOperationException("Await MetadataAsync first.");
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, info.Length - offset);
        var reader = new TorrentReader(_state, offset, length);
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

    /// <summary>Opens the torrent with metadata that is already known.</summary>
    internal void Open(TorrentInfo info)
    {
        lock (_state.Gate)
        {
            if (_opening || _state.IsStopped)
            {
                return;
            }
            _opening = true;
        }
        _state.Context.Tasks.Run(cancellationToken => OpenAsync(info, cancellationToken));
    }

    internal void Tick() => _peers.Tick();

    internal void Stop()
    {
        _stopped = true;
        _peers.Stop();
        _opened.TrySetException(new IOException("The torrent was stopped."));
    }

    /// <summary>Closes the store, after the piece workers have finished.</summary>
    internal ValueTask CloseAsync() => _state.Store?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void OnMetadataReceived(byte[] metadata)
    {
        if (_opening)
        {
            return;
        }
        _opening = true;
        // Parsing megabytes of metadata would hold up every peer: it is done elsewhere.
        _state.Context.Tasks.Run(async cancellationToken =>
        {
            try
            {
                await OpenAsync(TorrentInfo.Parse(metadata), cancellationToken);
            }
            catch (InvalidTorrentException exception)
            {
                _opened.TrySetException(exception);
            }
        });
    }

    private async Task OpenAsync(TorrentInfo info, CancellationToken cancellationToken)
    {
        try
        {
            var store = await PieceStore.OpenAsync(info, _storeOptions, cancellationToken);
            if (_storeOptions.ContentPath is not null)
            {
                await store.VerifyExistingAsync(progress: null, cancellationToken);
            }
            else
            {
                await MetadataFile.SaveAsync(info, _storeOptions, cancellationToken);
            }
            lock (_state.Gate)
            {
                _state.Open(info, store);
                _peers.OnOpened();
            }
            _opened.TrySetResult(info);
        }
        catch (Exception exception) when (exception is TorrentStorageException or OperationCanceledException)
        {
            _opened.TrySetException(exception);
        }
    }
}
