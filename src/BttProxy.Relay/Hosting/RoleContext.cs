using System.Diagnostics.Metrics;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Operations;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Pricing;

namespace BttProxy.Relay.Hosting;

/// <summary>What the roles of one process share: options, clock, metrics, the state directory, a DHT node, and the order in which parts end.</summary>
internal sealed class RoleContext : IAsyncDisposable
{
    private readonly DisposalStack _parts = new();
    private DhtNode? _dht;
    private volatile IReadOnlyList<WatchedLoop> _loops = [];

    public RoleContext(RelayOptions options, NetworkDescription network, ILoggerFactory loggers, TimeProvider time)
    {
        Options = options;
        Network = network;
        Loggers = loggers;
        Time = time;
        Offer = new CurrentOffer(options.Offer, time);
        Policy = new CurrentPolicy(PolicyFile.Load(options.PolicyFile));
        State = StateDirectory.Open(options);
        Meters = _parts.Add(new ServiceCollection().AddMetrics().BuildServiceProvider()).GetRequiredService<IMeterFactory>();
        Metrics = new RelayMetrics(Meters);
        Running = new RunningParts { StartedAt = time.GetUtcNow(), IsStopping = () => Lifetime.IsStopping };
    }

    public RelayOptions Options { get; }

    public NetworkDescription Network { get; }

    public ILoggerFactory Loggers { get; }

    public TimeProvider Time { get; }

    /// <summary>What the relay asks for now.</summary>
    public CurrentOffer Offer { get; }

    /// <summary>What it carries now.</summary>
    public CurrentPolicy Policy { get; }

    public StateDirectory State { get; }

    public IMeterFactory Meters { get; }

    public RelayMetrics Metrics { get; }

    /// <summary>What the operator's status shows of this process.</summary>
    public RunningParts Running { get; }

    public RelayLifetime Lifetime { get; } = new();

    public ConnectGuard Guard => new(new ConnectGuardOptions { AllowPrivateAddresses = Network.AllowPrivateAddresses });

    /// <summary>What runs beside requests in this process.</summary>
    public IReadOnlyList<WatchedLoop> Loops => _loops;

    /// <summary>The process's DHT node, if a role has asked for it.</summary>
    public DhtNode? Dht => _dht;

    /// <summary>Ended in reverse order, after the roles were told to stop.</summary>
    public T Add<T>(T part) => _parts.Add(part);

    /// <summary>The process's DHT node, started for the first role that asks.</summary>
    /// <exception cref="RelayConfigurationException">Its port cannot be used.</exception>
    public async Task<DhtNode> StartDhtAsync(CancellationToken cancellationToken)
    {
        if (_dht is { } running)
        {
            return running;
        }

        var node = _parts.Add(new DhtNode(
            new DhtNodeOptions
            {
                ListenEndPoint = Options.Dht.Listen,
                Bootstrap = [.. Network.DhtBootstrap],
                Guard = Guard,
                StatePath = State.PathOf(RoutingTableFile),
            },
            Time, Loggers, Meters));
        await Listening.TryAsync("Dht.Listen", Options.Dht.Listen, () => node.StartAsync(cancellationToken));
        return _dht = Running.Dht = node;
    }

    public async Task StartBackgroundAsync(WatchedLoop worker, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // It ends when it is stopped, after the drain: with the token of the start it would end when the relay is asked to stop.
        await worker.StartAsync(CancellationToken.None);
        _parts.Add(new BackgroundPart(worker));
        _loops = [.. _loops, worker];
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    // Two processes of a relay may share the state directory, and each has a node of its own.
    private string RoutingTableFile => Options.Has(RelayRole.Dht) ? "dht-nodes" : Options.Has(RelayRole.Worker) ? "dht-nodes-worker" : "dht-nodes-settler";
}
