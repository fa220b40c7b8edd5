using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Client;
using BttProxy.Client.Wallets;
using BttProxy.Devnet.Chain;
using BttProxy.Devnet.Chain.Node;
using BttProxy.Devnet.Content;
using BttProxy.Discovery;
using BttProxy.Discovery.Finding;
using BttProxy.Protocol.Networks;
using BttProxy.Tron;
using BttProxy.Tron.Node;

namespace BttProxy.Devnet.World;

/// <summary>
/// A running marketplace: chain, DHT, seeder and relays. Each part is started when what it needs answers, and stopped in the
/// opposite order; nothing outlives the world.
/// </summary>
internal sealed class DevnetWorld : IAsyncDisposable
{
    /// <summary>It takes a second on an idle machine.</summary>
    private static readonly TimeSpan AnnounceDeadline = TimeSpan.FromMinutes(1);

    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly StateDirectory _state;
    private readonly DevnetWorldOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly Action<ILoggingBuilder> _logging;
    private readonly ILoggerFactory _loggerFactory;
    private DevnetWorld(StateDirectory state, DevnetWorldOptions options, Action<ILoggingBuilder> logging, TimeProvider timeProvider)
    {
        _state = state;
        _options = options;
        _timeProvider = timeProvider;
        _logging = logging;
        _loggerFactory = LoggerFactory.Create(logging);
    }

    /// <summary>Everything listens on one address, so all of them may be dialled.</summary>
    public ConnectGuard Guard { get; } = new(new ConnectGuardOptions { AllowPrivateAddresses = true });

    public NetworkDescription Network { get; private set; } = null!;

    /// <summary>As the wallet's owner sees it.</summary>
    public TronChannelChain Chain { get; private set; } = null!;

    public DhtCluster Dht { get; private set; } = null!;

    public DevnetContent Content { get; private set; } = null!;

    public IReadOnlyList<DevnetRelay> Relays { get; private set; } = [];

    public Wallet Wallet { get; private set; } = null!;

    /// <summary>How to join the world's DHT from its own address.</summary>
    public DhtNodeOptions DhtOptions => new() { ListenEndPoint = new IPEndPoint(_options.Address, 0), Bootstrap = Dht.Bootstrap, Guard = Guard };

    /// <param name="state">Held by the caller for as long as the world lives.</param>
    /// <param name="options">Size and address.</param>
    /// <param name="tell">Told of each step, one line for a person.</param>
    /// <param name="logging">Where all parts log.</param>
    /// <param name="timeProvider">The clock of every part.</param>
    /// <param name="cancellationToken">Gives up; what was started is stopped again.</param>
    /// <exception cref="DevnetException">A part cannot start; the message says what to change.</exception>
    public static async Task<DevnetWorld> StartAsync(
        StateDirectory state,
        DevnetWorldOptions options,
        Action<string> tell,
        Action<ILoggingBuilder> logging,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var world = new DevnetWorld(state, options, logging, timeProvider);
        try
        {
            await world.StartAsync(tell, cancellationToken);
            return world;
        }
        catch (Exception exception)
        {
            await world.DisposeAsync();
            if (exception is SocketException)
            {
                throw new DevnetException($"Cannot listen on {options.Address}: {exception.Message}. Name an address of this machine.", exception);
            }

            if (exception is ChainException or ClientException or TorrentStorageException or IOException or UnauthorizedAccessException)
            {
                throw new DevnetException(exception.Message, exception);
            }

            throw;
        }
    }

    /// <summary>Completes when a stranger finds every relay in the DHT; tells of each one when it is found first.</summary>
    /// <exception cref="DevnetException">Some cannot be found.</exception>
    public Task RelaysFoundAsync(Action<FoundRelay> found, CancellationToken cancellationToken)
    {
        var watch = new RelayWatch(DhtOptions, RelayMarket.Of(Network), Guard, _timeProvider, _loggerFactory);
        return WithinAsync("Some relays do not", token => watch.WaitAsync(Relays.Select(relay => relay.Id), found, token), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _loggerFactory.Dispose();
    }

    private async Task StartAsync(Action<string> tell, CancellationToken cancellationToken)
    {
        Dht = Own(await DhtCluster.StartAsync(_options.DhtNodes, _options.Address, Guard, _timeProvider, _loggerFactory, cancellationToken));
        tell($"DHT: {Dht.Count} nodes on {_options.Address}.");
        await StartChainAsync(cancellationToken);
        tell($"TRON node: settlement contract {Network.Contract}.");
        tell($"Wallet: {Wallet.Address}, {DevnetWallet.Funds.ToBtt()}.");
        await StartSeederAsync(cancellationToken);
        tell($"Seeder: {Content.Info.Length} bytes in {Content.Info.Files.Count} files, announced in the DHT only.");
        await StartRelaysAsync(tell, cancellationToken);
    }

    private async Task StartChainAsync(CancellationToken cancellationToken)
    {
        var node = Own(await DevnetChain.StartAsync(
            _state.Chain, new NodeOptions { BlockTime = _options.BlockTime, InitialBlocks = _options.InitialBlocks, Gift = DevnetChain.Gift },
            new IPEndPoint(_options.Address, 0), _timeProvider, _loggerFactory, cancellationToken));
        Network = new NetworkDescription
        {
            Name = "devnet",
            ChainId = node.Domain.ChainId,
            Contract = node.Domain.Contract,
            Token = node.Token,
            DhtBootstrap = [.. Dht.Bootstrap],
            AllowPrivateAddresses = true,
            Chain = node.Description,
            Wallet = new WalletReference(Path.GetFileName(_state.WalletFile), Path.GetFileName(_state.WalletPasswordFile)),
        };
        Wallet = Own(await DevnetWallet.OpenAsync(_state, cancellationToken));
        Chain = Own(TronChannelChain.Connect(Network, Wallet.Key, _timeProvider));
        await DevnetWallet.FundAsync(node, Chain, Wallet.Address, cancellationToken);
    }

    private async Task StartSeederAsync(CancellationToken cancellationToken)
    {
        Content = await DevnetContent.PrepareAsync(_state.Content, _options.ContentSize, cancellationToken);
        var swarm = new SwarmOptions { Listen = new IPEndPoint(_options.Address, 0), Directory = _state.Seeder, ConnectGuard = Guard };
        var seeder = Own(await ContentSeeder.StartAsync(Content, DhtOptions, swarm, _timeProvider, _loggerFactory, cancellationToken));
        await WithinAsync("The seeder does not", token => seeder.AnnouncedAsync(Dht, Content.Info.InfoHash, token), cancellationToken);
    }

    private async Task StartRelaysAsync(Action<string> tell, CancellationToken cancellationToken)
    {
        for (var number = 0; number < _options.Relays; number++)
        {
            var relay = await DevnetRelay.StartAsync(
                RelayProfile.Of(number), _state.Relay(number + 1), _options.Address, Network, _logging, _timeProvider, cancellationToken);
            Relays = [.. Relays, Own(relay)];
            tell($"Relay {relay.Name}: {relay.Price.ToBtt()}, region {relay.Region}, https on {relay.Host.PublicEndPoint}.");
        }
    }

    private async Task WithinAsync(string whoIsMissing, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(AnnounceDeadline, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await work(either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DevnetException(
                $"{whoIsMissing} show up in the DHT within {AnnounceDeadline.TotalSeconds:0} s. Is UDP on {_options.Address} filtered?", exception);
        }
    }

    private T Own<T>(T part)
        where T : class
    {
        _parts.Push(part as IAsyncDisposable ?? new SynchronousPart((IDisposable)part));
        return part;
    }

    private sealed class SynchronousPart(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
