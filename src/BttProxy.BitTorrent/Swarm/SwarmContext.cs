using BttProxy.BitTorrent.Wire;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What all torrents of one engine share.</summary>
internal sealed class SwarmContext(
    SwarmOptions options, TimeProvider timeProvider, ILogger logger, SwarmMetrics metrics, BackgroundTasks tasks)
{
    public SwarmOptions Options { get; } = options;

    public TimeProvider TimeProvider { get; } = timeProvider;

    public SwarmClock Clock { get; } = new(timeProvider);

    public ILogger Logger { get; } = logger;

    public SwarmMetrics Metrics { get; } = metrics;

    /// <summary>Owned by the engine, which awaits them at its end.</summary>
    public BackgroundTasks Tasks { get; } = tasks;

    public PieceMemory Memory { get; } = new(options.PieceMemory);

    public PieceVerifier Verifier { get; } = new();

    public PeerId PeerId { get; } = PeerId.Create();

    /// <summary>Connections of all torrents, handshakes included.</summary>
    public ConnectionLimit Connections { get; } = new(options.MaxConnections);

    public ConnectionLimit HalfOpen { get; } = new(options.MaxHalfOpen);

    /// <summary>Told to peers and to the DHT; 0 before the listener runs.</summary>
    public int ListenPort { get; set; }
}
