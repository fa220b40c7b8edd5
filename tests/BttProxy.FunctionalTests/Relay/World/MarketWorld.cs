using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Devnet.Chain;
using BttProxy.Devnet.Chain.Node;
using BttProxy.Devnet.Content;
using BttProxy.Devnet.World;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Relay;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>Everything around a relay, for real: TRON node, DHT, a seeder with content. Each world is apart from every other.</summary>
internal sealed class MarketWorld : IAsyncDisposable
{
    private const int DhtNodes = 3;

    private readonly Secp256k1Key _submitter = Secp256k1Key.Generate();
    private readonly DhtCluster _dht;
    private readonly ContentSeeder _seeder;

    private MarketWorld(string directory, DevnetChain chain, DhtCluster dht, ContentSeeder seeder, DevnetContent content)
    {
        Directory = directory;
        Content = content;
        Devnet = chain;
        _dht = dht;
        _seeder = seeder;
        Network = new NetworkDescription
        {
            Name = "test",
            ChainId = chain.Domain.ChainId,
            Contract = chain.Domain.Contract,
            Token = chain.Token,
            DhtBootstrap = [.. dht.Bootstrap],
            AllowPrivateAddresses = true,
            Chain = chain.Description,
        };
        Chain = TronChannelChain.Connect(Network, _submitter, TimeProvider.System);
    }

    public string Directory { get; }

    public DevnetContent Content { get; }

    public NetworkDescription Network { get; }

    /// <summary>The node and its faucet.</summary>
    public DevnetChain Devnet { get; }

    public TronChannelChain Chain { get; }

    public InfoHash InfoHash => Content.Info.InfoHash;

    public static Task<MarketWorld> StartAsync(long contentBytes, CancellationToken cancellationToken) =>
        StartAsync(contentBytes, TimeSpan.Zero, cancellationToken);

    /// <param name="contentBytes">What the seeder has.</param>
    /// <param name="blockTime">Zero for blocks on demand, which are final at once; else 18 more make one final.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="chainTime">The blocks' clock where it is not the machine's.</param>
    /// <param name="seedRate">Bytes per second that the seeder gives; null for no limit.</param>
    public static async Task<MarketWorld> StartAsync(
        long contentBytes, TimeSpan blockTime, CancellationToken cancellationToken, TimeProvider? chainTime = null, long? seedRate = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("bttproxy-test").FullName;
        var loggers = NullLoggerFactory.Instance;
        var guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true });
        var time = TimeProvider.System;
        var chain = await DevnetChain.StartAsync(
            Path.Combine(directory, "chain"), new NodeOptions { BlockTime = blockTime, Gift = DevnetChain.Gift }, new IPEndPoint(IPAddress.Loopback, 0), chainTime ?? time, loggers, cancellationToken);
        var dht = await DhtCluster.StartAsync(DhtNodes, IPAddress.Loopback, guard, time, loggers, cancellationToken);
        var content = await DevnetContent.PrepareAsync(Path.Combine(directory, "content"), contentBytes, cancellationToken);
        var seeder = await ContentSeeder.StartAsync(
            content,
            new DhtNodeOptions { ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0), Bootstrap = dht.Bootstrap, Guard = guard },
            new SwarmOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Directory = Path.Combine(directory, "seeder"), ConnectGuard = guard, MaxUploadRate = seedRate },
            time, loggers, cancellationToken);
        await seeder.AnnouncedAsync(dht, content.Info.InfoHash, cancellationToken);
        return new MarketWorld(directory, chain, dht, seeder, content);
    }

    /// <summary>Options of a relay on free ports with its state in <paramref name="name"/>.</summary>
    public RelayOptions RelayOptions(string name)
    {
        var free = new IPEndPoint(IPAddress.Loopback, 0);
        return new RelayOptions
        {
            StateDirectory = Path.Combine(Directory, name),
            Tunnel = new TunnelOptions { Listen = free },
            Admin = new AdminOptions { Listen = free },
            Dht = new DhtRoleOptions { Listen = free },
            Worker = new WorkerOptions { SwarmListen = free },
            Cache = new CacheOptions { MinFreeBytes = 0 },
            Offer = new OfferOptions { PricePerMegabyte = new PricePerMegabyte(1_000_003), MinimumDeposit = new TokenAmount(1_000_000_000) },
        };
    }

    public Task<RelayHost> StartRelayAsync(string name, CancellationToken cancellationToken) =>
        StartRelayAsync(RelayOptions(name), cancellationToken);

    public async Task<RelayHost> StartRelayAsync(RelayOptions options, CancellationToken cancellationToken, TimeProvider? clock = null)
    {
        var relay = RelayApplication.Build(options, Network, time: clock);
        await relay.StartAsync(cancellationToken);
        return relay;
    }

    /// <summary>A file with a passphrase for backups.</summary>
    public async Task<string> PassphraseFileAsync(CancellationToken cancellationToken, string passphrase = "correct horse battery staple")
    {
        var file = Path.Combine(Directory, $"{passphrase.Length}.passphrase");
        await File.WriteAllTextAsync(file, passphrase + "\n", cancellationToken);
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        Chain.Dispose();
        await _seeder.DisposeAsync();
        await _dht.DisposeAsync();
        await Devnet.DisposeAsync();
        _submitter.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
