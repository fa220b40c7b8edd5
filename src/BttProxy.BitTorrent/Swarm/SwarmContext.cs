using System.Net;
using BttProxy.BitTorrent.Cache;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Transport.Utp;
using BttProxy.BitTorrent.Wire;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What all torrents of one engine share.</summary>
internal sealed class SwarmContext(
    SwarmOptions options, TimeProvider timeProvider, ILogger logger, SwarmMetrics metrics, BackgroundTasks tasks, PieceCache? cache = null)
{
    private long _lastTurnedAwayAt = int.MinValue;

    public SwarmOptions Options { get; } = options;

    public TimeProvider TimeProvider { get; } = timeProvider;

    public SwarmClock Clock { get; } = new(timeProvider);

    public ILogger Logger { get; } = logger;

    public SwarmMetrics Metrics { get; } = metrics;

    /// <summary>Owned by the engine, which awaits them at its end.</summary>
    public BackgroundTasks Tasks { get; } = tasks;

    /// <summary>Null when nothing bounds what is kept.</summary>
    public PieceCache? Cache { get; } = cache;

    public PieceMemory Memory { get; } = new(options.PieceMemory);

    public UploadLimit UploadLimit { get; } = new(options.MaxUploadRate, timeProvider);

    /// <summary>Its margin is what may be on its way to the disk.</summary>
    public DiskFloor Disk { get; } = new(
        Path.GetFullPath(options.Directory), options.MinFreeBytes, options.PieceMemory, options.FreeSpace, logger);

    public PieceVerifier Verifier { get; } = new();

    public PeerId PeerId { get; } = PeerId.Create();

    public OwnAddresses Addresses { get; } = new(options);

    /// <summary>Connections of all torrents, handshakes included.</summary>
    public ConnectionLimit Connections { get; } = new(options.MaxConnections);

    /// <summary>Those that others opened; below <see cref="Connections"/>, so that strangers cannot keep us from dialling.</summary>
    public ConnectionLimit Incoming { get; } = new(Math.Max(1, options.MaxConnections * 3 / 4));

    public AddressLimit IncomingByAddress { get; } = new(options.MaxIncomingPerAddress);

    /// <summary>When a connection was last turned away for want of a place; long ago when never.</summary>
    public long LastTurnedAwayAt
    {
        get => Interlocked.Read(ref _lastTurnedAwayAt);
        set => Interlocked.Exchange(ref _lastTurnedAwayAt, value);
    }

    /// <summary>A peer pays for leaves (BEP 52) with few bytes, we with reading and hashing pieces: one request at a time.</summary>
    public ConnectionLimit LeafHashing { get; } = new(1);

    public ConnectionLimit HalfOpen { get; } = new(options.MaxHalfOpen);

    /// <summary>One of each family at which we listen, except those that are not wanted, not started, or whose port is taken.</summary>
    public List<UtpEndpoint> Utp { get; } = [];

    /// <summary>Told to peers and to the DHT; 0 before the listener runs.</summary>
    public int ListenPort { get; set; }

    /// <summary>The canonical priority of a peer (BEP 40); all are equal while our own address is not known.</summary>
    public uint PriorityOf(IPEndPoint peer) =>
        Addresses.Find(peer.AddressFamily) is { } own ? PeerPriority.Compute(new IPEndPoint(own, ListenPort), peer) : 0;
}
