using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Cache;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Trackers;
using BttProxy.BitTorrent.WebSeeds;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Takes part in BitTorrent swarms: finds peers, fetches what readers want, verifies it, and gives it to others. One engine serves many
/// torrents over one listening port.
/// </summary>
public sealed partial class SwarmEngine : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    // Ten seconds without a new piece: the engine is idle.
    private const int TicksPerTrim = 40;

    private const int TicksPerLookAtDisk = 4;

    private readonly ConcurrentDictionary<InfoHash, Torrent> _torrents = new();
    // The second info-hashes of hybrid torrents (BEP 52).
    private readonly ConcurrentDictionary<InfoHash, Torrent> _aliases = new();
    private readonly BackgroundTasks _tasks = new();
    private readonly SwarmContext _context;
    private readonly PeerListener _listener;
    private readonly DhtNode? _dht;
    private readonly DhtPeerSource? _dhtPeers;
    private readonly TrackerPeerSource _trackers;
    private readonly WebSeedSource _webSeeds;
    private bool _disposed;

    /// <param name="options">How to behave.</param>
    /// <param name="dht">Where peers are looked up and we announce ourselves; the caller starts and owns it. Null: only given peers.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">Where to log.</param>
    /// <param name="meterFactory">Where to count; null counts nothing.</param>
    /// <exception cref="ArgumentException">The two listen addresses are not one of each family.</exception>
    public SwarmEngine(
        SwarmOptions options, DhtNode? dht, TimeProvider timeProvider, ILoggerFactory loggerFactory, IMeterFactory? meterFactory)
    {
        if (options.ListenIPv6 is { } second
            && (second.AddressFamily != AddressFamily.InterNetworkV6 || options.Listen.AddressFamily != AddressFamily.InterNetwork))
        {
            throw new ArgumentException("SwarmOptions.ListenIPv6 is IPv6, beside an IPv4 address at SwarmOptions.Listen.", nameof(options));
        }
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.UploadSlots, "SwarmOptions.UploadSlots");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxUploadRate ?? 1, "SwarmOptions.MaxUploadRate");
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxUploadPercent ?? 0, "SwarmOptions.MaxUploadPercent");
        var logger = loggerFactory.CreateLogger<SwarmEngine>();
        _context = new SwarmContext(
            options, timeProvider, logger, new SwarmMetrics(meterFactory), _tasks, CreateCache(options, timeProvider, logger, meterFactory));
        DiskMetrics.Observe(_context.Disk, meterFactory);
        _listener = new PeerListener(_context, infoHash => Find(infoHash)?.Peers, () => _torrents.Keys.Concat(_aliases.Keys));
        _dht = dht;
        _dhtPeers = dht is null ? null : new DhtPeerSource(dht, _context);
        _trackers = new TrackerPeerSource(_context);
        _webSeeds = new WebSeedSource(_context);
    }

    /// <summary>Where peers may connect to us; after <see cref="StartAsync"/>.</summary>
    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    internal SwarmContext Context => _context;

    public IReadOnlyCollection<Torrent> Torrents => [.. _torrents.Values];

    /// <summary>What is kept on disk, when budgets bound it; null otherwise.</summary>
    public CacheUsage? CacheUsage => _context.Cache?.Usage;

    /// <exception cref="SocketException">The port is in use or not allowed.</exception>
    /// <exception cref="TorrentStorageException">The directory cannot be used, or another engine uses it.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _context.Disk.Start();
        if (_context.Cache is { } cache)
        {
            await cache.LoadAsync(givesBackParts: null, cancellationToken);
        }
        _context.ListenPort = _listener.Start().Port;
        _context.Verifier.Start();
        if (_context.Options.Transports != PeerTransports.Utp)
        {
            _tasks.Run(_listener.RunAsync);
        }
        if (_context.Options.Transports != PeerTransports.Tcp)
        {
            foreach (var endPoint in _listener.LocalEndPoints)
            {
                UtpPort.Open(_context, endPoint, _dht, _listener.TakeIn);
            }
        }
        _tasks.Run(TickAsync);
    }

    /// <summary>Joins a torrent by its info-hash; one object per info-hash, whoever asks how often. Fetches the metadata only.</summary>
    public Torrent Add(InfoHash infoHash, IEnumerable<IPEndPoint>? peers = null)
    {
        using var span = SwarmTracing.Join();
        var torrent = GetOrAdd(infoHash, StoreOptions(contentPath: null), out var isNew);
        if (isNew && MetadataFile.TryLoad(infoHash, StoreOptions(contentPath: null)) is { } info)
        {
            torrent.Open(info);
        }
        return WithPeers(torrent, peers);
    }

    /// <summary>Joins the torrent of a magnet link, in the swarms of both info-hashes when it has two.</summary>
    /// <exception cref="InvalidTorrentException">Its two info-hashes lead to two torrents that are here already.</exception>
    public Torrent Add(MagnetLink link, IEnumerable<IPEndPoint>? peers = null)
    {
        // Somebody may have joined it by the v2 info-hash alone.
        var isKnownByOther = link.InfoHashV2 is { } other && Find(link.InfoHash) is null && Find(other.Truncated) is not null;
        var torrent = Add(isKnownByOther ? link.InfoHashV2!.Value.Truncated : link.InfoHash, peers);
        if (link.InfoHashV2 is { } version2 && torrent.Info is null
            && !torrent.LearnHashes(link.InfoHashV1, version2.Truncated))
        {
            throw new InvalidTorrentException(
                TorrentProblem.AlreadyJoined, "The link's v1 and v2 info-hashes lead to two torrents that are here already.");
        }
        return torrent;
    }

    /// <summary>Joins a torrent whose metadata is known.</summary>
    public Torrent Add(TorrentInfo info, IEnumerable<IPEndPoint>? peers = null)
    {
        var torrent = GetOrAdd(info.InfoHash, StoreOptions(contentPath: null), out _);
        torrent.Open(info);
        return WithPeers(torrent, peers);
    }

    /// <summary>
    /// Announces a torrent of this engine to trackers (BEP 12 tiers of http, https and udp URLs) and dials the peers that they name. URLs
    /// that are none are left out; every dial passes the connect guard.
    /// </summary>
    public void AddTrackers(Torrent torrent, IEnumerable<IEnumerable<string>> tiers) =>
        _trackers.Watch(torrent, new TrackerTiers(tiers, new Random()));

    /// <summary>Lets HTTP servers that have the content (BEP 19) take part in a torrent of this engine; every dial passes the connect guard.</summary>
    public void AddWebSeeds(Torrent torrent, IEnumerable<string> urls) => _webSeeds.Watch(torrent, urls);

    /// <summary>Seeds content that is on disk already; it is hashed first and never written to.</summary>
    /// <param name="info">The torrent.</param>
    /// <param name="contentPath">The file of a single-file torrent, or the folder that stands for the torrent's name.</param>
    /// <param name="cancellationToken">Stops waiting for the hashing.</param>
    /// <exception cref="TorrentStorageException">The content is not there or not complete.</exception>
    public async Task<Torrent> AddSeedAsync(TorrentInfo info, string contentPath, CancellationToken cancellationToken)
    {
        var torrent = GetOrAdd(info.InfoHash, StoreOptions(contentPath), out _);
        torrent.Open(info);
        try
        {
            await torrent.MetadataAsync(cancellationToken);
        }
        catch (TorrentStorageException)
        {
            await RemoveAsync(info.InfoHash);
            throw;
        }
        if (torrent.Have!.IsComplete)
        {
            return torrent;
        }
        await RemoveAsync(info.InfoHash);
        throw new TorrentStorageException(
            $"{contentPath} holds {torrent.Have.Count} of {info.PieceCount} pieces of the torrent: it is another or an incomplete copy.",
            isDiskFull: false);
    }

    /// <summary>Leaves a torrent's swarm; what was fetched stays on disk. Nobody may be reading from it any more.</summary>
    public async Task RemoveAsync(InfoHash infoHash)
    {
        if (Find(infoHash) is { } torrent && TryRemove(torrent))
        {
            torrent.Stop();
            await torrent.CloseAsync();
        }
    }

    /// <summary>
    /// Keeps what is fetched of a torrent outside the budgets, or no longer. Remembered over restarts once anything of it is on disk; with
    /// no budgets everything is kept anyway.
    /// </summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public Task SetPinnedAsync(InfoHash infoHash, bool isPinned, CancellationToken cancellationToken) =>
        _context.Cache?.SetPinnedAsync(infoHash, isPinned, cancellationToken) ?? Task.CompletedTask;

    public bool IsPinned(InfoHash infoHash) => _context.Cache?.IsPinned(infoHash) ?? false;

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        _listener.Dispose();
        foreach (var torrent in _torrents.Values)
        {
            torrent.Stop();
        }
        await _tasks.DisposeAsync();
        _context.Utp.ForEach(static utp => utp.Dispose());
        _trackers.Dispose();
        _webSeeds.Dispose();
        await _context.Verifier.StopAsync();
        foreach (var torrent in _torrents.Values)
        {
            await torrent.CloseAsync();
        }
        _context.Cache?.Dispose();
    }

    private static PieceCache? CreateCache(SwarmOptions options, TimeProvider timeProvider, ILogger logger, IMeterFactory? meterFactory)
    {
        if (options is { CacheBytes: null, CacheBytesPerTorrent: null })
        {
            return null;
        }
        if (options.Layout != StorageLayout.ByIndex)
        {
            throw new ArgumentException("A budget is for a cache, not for a user's files: it takes StorageLayout.ByIndex.", nameof(options));
        }
        return new PieceCache(
            options.Directory, new CacheBudget(options.CacheBytes, options.CacheBytesPerTorrent), timeProvider, logger, meterFactory);
    }

    private PieceStoreOptions StoreOptions(string? contentPath) => new()
    {
        Directory = _context.Options.Directory,
        Layout = _context.Options.Layout,
        ContentPath = contentPath,
    };

    private Torrent GetOrAdd(InfoHash infoHash, PieceStoreOptions storeOptions, out bool isNew)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_aliases.TryGetValue(infoHash, out var other))
        {
            isNew = false;
            return other;
        }
        var created = new Torrent(infoHash, _context, storeOptions, Claim);
        var torrent = _torrents.GetOrAdd(infoHash, created);
        isNew = torrent == created;
        if (isNew)
        {
            _dhtPeers?.Watch(torrent);
        }
        return torrent;
    }

    private Torrent? Find(InfoHash infoHash) => _torrents.GetValueOrDefault(infoHash) ?? _aliases.GetValueOrDefault(infoHash);

    private bool Claim(Torrent torrent, InfoHash infoHash) =>
        _torrents.GetValueOrDefault(infoHash, torrent) == torrent && _aliases.GetOrAdd(infoHash, torrent) == torrent;

    private bool TryRemove(Torrent torrent)
    {
        foreach (var alias in _aliases.Where(alias => alias.Value == torrent))
        {
            _aliases.TryRemove(alias);
        }
        return _torrents.TryRemove(new KeyValuePair<InfoHash, Torrent>(torrent.InfoHash, torrent));
    }

    private static Torrent WithPeers(Torrent torrent, IEnumerable<IPEndPoint>? peers)
    {
        foreach (var peer in peers ?? [])
        {
            torrent.AddPeer(peer);
        }
        return torrent;
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickInterval, _context.TimeProvider);
        for (var tick = 1; await timer.WaitForNextTickAsync(cancellationToken); tick++)
        {
            _context.Memory.ForgetWaiting();
            if (tick % TicksPerTrim == 0)
            {
                _context.Memory.Trim();
            }
            if (tick % TicksPerLookAtDisk == 0)
            {
                _context.Disk.HasRoomFor(0);
            }
            foreach (var torrent in _torrents.Values)
            {
                try
                {
                    torrent.Tick();
                }
                catch (Exception exception)
                {
                    // The next tick may do better; without ticks no timeout of any torrent would ever come.
                    LogTickFailed(_context.Logger, exception);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A torrent's regular work failed")]
    private static partial void LogTickFailed(ILogger logger, Exception exception);
}
