using BttProxy.BitTorrent.Dht;
using BttProxy.Client.Fetching;
using BttProxy.Client.Settings;
using BttProxy.Devnet.Views;
using BttProxy.Devnet.World;
using BttProxy.Discovery;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Finding;
using BttProxy.Ledger.Spending;

namespace BttProxy.Devnet.Demo;

/// <summary>A user of the devnet: the client program's own engine with a read-only DHT node, a ledger and the devnet's wallet.</summary>
internal sealed class DemoClient : IAsyncDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    private readonly DevnetWorld _world;
    private readonly TimeProvider _timeProvider;
    private readonly ILoggerFactory _loggerFactory;
    private readonly DhtNode _dht;
    private readonly RelayCache _cache;

    private DemoClient(DevnetWorld world, DhtNode dht, RelayCache cache, ClientLedger ledger, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        _world = world;
        _dht = dht;
        _cache = cache;
        _loggerFactory = loggerFactory;
        _timeProvider = timeProvider;
        Ledger = ledger;
    }

    public ClientLedger Ledger { get; }

    public static async Task<DemoClient> StartAsync(
        DevnetWorld world, string directory, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var ledger = await ClientLedger.OpenAsync(Path.Combine(directory, "client.db"), timeProvider, null, cancellationToken);
        var cache = await RelayCache.OpenAsync(new RelayCacheOptions(), timeProvider, loggerFactory, cancellationToken);
        var dht = new DhtNode(world.DhtOptions with { ReadOnly = true }, timeProvider, loggerFactory);
        var client = new DemoClient(world, dht, cache, ledger, loggerFactory, timeProvider);
        try
        {
            await dht.StartAsync(cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fetches the devnet's content from nothing but its magnet link, and shows the progress on the board.</summary>
    public async Task<DownloadResult> FetchAsync(string directory, DemoBoard board, CancellationToken cancellationToken)
    {
        var finder = new RelayFinder(
            _dht, _cache, RelayMarket.Of(_world.Network), _world.Guard, new RelayFinderOptions { BootstrapNodes = _world.Network.DhtBootstrap.Length }, _timeProvider);
        var market = new MarketAccess
        {
            Relays = new DhtRelayDirectory(finder, _cache),
            Wallet = _world.Wallet,
            Ledger = Ledger,
            Chain = _world.Chain,
            Guard = _world.Guard,
            TimeProvider = _timeProvider,
            LoggerFactory = _loggerFactory,
        };
        var target = await DownloadTarget.ParseAsync(_world.Content.Magnet.ToString(), cancellationToken);
        var options = new DownloadOptions { Directory = directory, ComputeDigests = false };
        await using var downloader = new Downloader(market, target, options, new DemoNarrator(board, _world.Relays));
        var download = downloader.RunAsync(cancellationToken);
        while (!download.IsCompleted)
        {
            Show(downloader.Progress, board);
            await Task.WhenAny(download, Task.Delay(ProgressInterval, _timeProvider, cancellationToken));
        }

        var result = await download;
        Show(downloader.Progress, board);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _dht.DisposeAsync();
        _cache.Dispose();
        await Ledger.DisposeAsync();
    }

    private static void Show(DownloadProgress progress, DemoBoard board)
    {
        if (progress.TotalPieces > 0)
        {
            board.Show(new DownloadLine(
                progress.VerifiedBytes,
                progress.TotalBytes,
                progress.Rate,
                progress.VerifiedPieces,
                progress.TotalPieces,
                progress.Paid,
                progress.Window ?? board.Current.Download?.Window ?? 0,
                progress.Vouchers));
        }
    }
}
