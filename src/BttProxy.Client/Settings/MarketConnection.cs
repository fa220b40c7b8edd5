using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Client.Fetching;
using BttProxy.Client.Terminal;
using BttProxy.Client.Wallets;
using BttProxy.Discovery;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Finding;
using BttProxy.Ledger;
using BttProxy.Ledger.Spending;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging;

namespace BttProxy.Client.Settings;

/// <summary>What a command opens to take part in the marketplace; each part only when it is asked for.</summary>
internal sealed class MarketConnection : IAsyncDisposable
{
    private readonly ClientSettings _settings;
    private readonly ClientTerminal _terminal;
    private readonly NetworkFile _network;
    private readonly ILoggerFactory _loggers;
    private readonly Stack<IAsyncDisposable> _open = new();

    private MarketConnection(ClientSettings settings, ClientTerminal terminal, NetworkFile network)
    {
        _settings = settings;
        _terminal = terminal;
        _network = network;
        Guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = network.Description.AllowPrivateAddresses });
        _loggers = ClientLogging.Create(terminal);
    }

    public ConnectGuard Guard { get; }

    public string WalletPath => WalletAccess.PathOf(_settings, _network);

    public static async Task<MarketConnection> OpenAsync(ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        var network = await NetworkFile.ReadAsync(settings, cancellationToken);
        try
        {
            Directory.CreateDirectory(settings.Home);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ExitCode.Disk, $"The directory {settings.Home} cannot be made: {failure.Message} Name another one with --home.", failure);
        }

        return new MarketConnection(settings, terminal, network);
    }

    public Task<Wallet> OpenWalletAsync(CancellationToken cancellationToken) =>
        WalletAccess.OpenAsync(_settings, _network, _terminal, cancellationToken);

    /// <summary>Everything that a download needs.</summary>
    public async Task<MarketAccess> OpenMarketAsync(CancellationToken cancellationToken)
    {
        // The wallet first: a wrong password should be told before anything else happens.
        var wallet = await OpenWalletAsync(cancellationToken);
        Own(wallet);
        return new MarketAccess
        {
            Wallet = wallet,
            Ledger = await OpenLedgerAsync(cancellationToken),
            Chain = OpenChain(wallet),
            Relays = await OpenDirectoryAsync(cancellationToken),
            Guard = Guard,
            TimeProvider = _terminal.TimeProvider,
            LoggerFactory = _loggers,
            MetadataDirectory = _settings.MetadataDirectory,
        };
    }

    public async Task<ClientLedger> OpenLedgerAsync(CancellationToken cancellationToken)
    {
        try
        {
            var ledger = await ClientLedger.OpenAsync(_settings.LedgerPath, _terminal.TimeProvider, null, cancellationToken);
            _open.Push(ledger);
            return ledger;
        }
        catch (LedgerException failure)
        {
            throw new ClientException(ExitCode.Disk, failure.Message, failure);
        }
    }

    /// <param name="wallet">Pays for what is sent to the chain.</param>
    public TronChannelChain OpenChain(Wallet wallet)
    {
        var chain = TronChannelChain.Connect(_network.Description, wallet.Key, _terminal.TimeProvider);
        Own(chain);
        return chain;
    }

    /// <summary>The wallet's deposit; waiting for blocks is told on standard error.</summary>
    public async Task<DepositAccount> OpenDepositAsync(Wallet wallet, CancellationToken cancellationToken)
    {
        var (chain, ledger) = (OpenChain(wallet), await OpenLedgerAsync(cancellationToken));
        var waits = new ChainWaitView(_terminal.Error, _terminal.TimeProvider);
        return new DepositAccount(wallet, chain, new WalletTransactions(wallet, chain, ledger, _terminal.TimeProvider, waits));
    }

    /// <summary>Joins the DHT, read-only: this computer is asked nothing and listed nowhere.</summary>
    public async Task<IRelayDirectory> OpenDirectoryAsync(CancellationToken cancellationToken)
    {
        var bootstrap = _network.Description.DhtBootstrap;
        var listen = bootstrap.Any(static node => IPAddress.IsLoopback(node.Address)) ? IPAddress.Loopback : IPAddress.Any;
        var node = new DhtNode(
            new DhtNodeOptions
            {
                ListenEndPoint = new IPEndPoint(listen, 0), Bootstrap = bootstrap, ReadOnly = true, Guard = Guard, StatePath = _settings.DhtStatePath,
            },
            _terminal.TimeProvider,
            _loggers);
        _open.Push(node);
        try
        {
            await node.StartAsync(cancellationToken);
        }
        catch (SocketException failure)
        {
            throw new ClientException(ExitCode.Network, $"No UDP socket can be opened here: {failure.Message}", failure);
        }

        var cache = await RelayCache.OpenAsync(
            new RelayCacheOptions { Path = _settings.RelayCachePath }, _terminal.TimeProvider, _loggers, cancellationToken);
        Own(cache);
        var options = new RelayFinderOptions { BootstrapNodes = bootstrap.Length };
        var finder = new RelayFinder(node, cache, RelayMarket.Of(_network.Description), Guard, options, _terminal.TimeProvider);
        return new DhtRelayDirectory(finder, cache);
    }

    public async ValueTask DisposeAsync()
    {
        while (_open.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _loggers.Dispose();
    }

    private void Own(IDisposable part) => _open.Push(new Owned(part));

    private sealed class Owned(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
