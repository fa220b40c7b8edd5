using System.Net;
using System.Runtime.CompilerServices;
using BttProxy.BitTorrent;
using BttProxy.Client.Fetching;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Devnet.Chain;
using BttProxy.Devnet.Chain.Node;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.FunctionalTests.Client;

/// <summary>A chain, a funded wallet and test relays whose records are simply known.</summary>
internal sealed class TestMarketplace : IRelayDirectory, IAsyncDisposable
{
    private readonly List<TestRelay> _relays = [];

    private TestMarketplace(DirectoryInfo folder, DevnetChain devnet, ClientLedger ledger)
    {
        Folder = folder;
        Devnet = devnet;
        Ledger = ledger;
        Chain = TronChannelChain.Connect(Network, Wallet.Key, TimeProvider.System);
    }

    public DirectoryInfo Folder { get; }

    public DevnetChain Devnet { get; }

    public TronChannelChain Chain { get; }

    public NetworkDescription Network => new()
    {
        Name = "test",
        ChainId = Devnet.Domain.ChainId,
        Contract = Devnet.Domain.Contract,
        Token = Devnet.Token,
        DhtBootstrap = [],
        AllowPrivateAddresses = true,
        Chain = Devnet.Description,
    };

    public Wallet Wallet { get; } = new(Secp256k1Key.Generate());

    public ClientLedger Ledger { get; }

    public List<RelayId> Banned { get; } = [];

    public string Explanation => "The test's list is empty.";

    public string Downloads => Path.Combine(Folder.FullName, "downloads");

    public MarketAccess Access => new()
    {
        Relays = this,
        Wallet = Wallet,
        Ledger = Ledger,
        Chain = Chain,
        Guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true }),
        TimeProvider = TimeProvider.System,
        LoggerFactory = NullLoggerFactory.Instance,
        MetadataDirectory = Path.Combine(Folder.FullName, "metadata"),
    };

    public static Task<TestMarketplace> StartAsync(TokenAmount funds, CancellationToken cancellationToken) =>
        StartAsync(funds, TimeProvider.System, cancellationToken);

    /// <param name="funds">In the wallet.</param>
    /// <param name="chainTime">The clock of the chain alone.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<TestMarketplace> StartAsync(TokenAmount funds, TimeProvider chainTime, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bttproxy-market-");
        var devnet = await DevnetChain.StartAsync(
            Path.Combine(folder.FullName, "chain"), new NodeOptions { BlockTime = TimeSpan.Zero, Gift = DevnetChain.Gift },
            new IPEndPoint(IPAddress.Loopback, 0), chainTime, NullLoggerFactory.Instance, cancellationToken);
        var ledger = await ClientLedger.OpenAsync(Path.Combine(folder.FullName, "client.db"), TimeProvider.System, null, cancellationToken);
        var market = new TestMarketplace(folder, devnet, ledger);
        if (funds > TokenAmount.Zero)
        {
            await market.Devnet.FaucetAsync(market.Wallet.Address, funds, cancellationToken);
        }

        return market;
    }

    /// <summary>The ledger of a computer that has only the wallet.</summary>
    public async Task<ClientLedger> NewComputerAsync(CancellationToken cancellationToken) =>
        await ClientLedger.OpenAsync(Path.Combine(Folder.FullName, $"client-{Guid.NewGuid():N}.db"), TimeProvider.System, null, cancellationToken);

    public async Task<TestRelay> AddRelayAsync(
        TestContent content, ulong price, RelayBehaviour behaviour, CancellationToken cancellationToken)
    {
        var relay = await TestRelay.StartAsync(Chain, content, new PricePerMegabyte(price), behaviour, cancellationToken);
        _relays.Add(relay);
        return relay;
    }

    public async IAsyncEnumerable<RelayOffer> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var relay in _relays.Where(relay => !Banned.Contains(relay.Id)))
        {
            await Task.Yield();
            yield return relay.Offer;
        }
    }

    public Task<RelayOffer?> FindAsync(RelayId id, CancellationToken cancellationToken) =>
        Task.FromResult(_relays.FirstOrDefault(relay => relay.Id == id)?.Offer);

    public Task BanAsync(RelayId id, CancellationToken cancellationToken)
    {
        Banned.Add(id);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays)
        {
            await relay.DisposeAsync();
        }

        await Ledger.DisposeAsync();
        Wallet.Dispose();
        Chain.Dispose();
        await Devnet.DisposeAsync();
        Folder.Delete(recursive: true);
    }
}
