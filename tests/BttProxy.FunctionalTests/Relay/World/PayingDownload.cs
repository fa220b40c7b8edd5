using BttProxy.Client.Fetching;
using BttProxy.Client.Wallets;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;
using ConnectGuard = BttProxy.BitTorrent.ConnectGuard;
using ConnectGuardOptions = BttProxy.BitTorrent.ConnectGuardOptions;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>One user with a wallet of its own who downloads the world's content with the client's engine, and when it moved.</summary>
internal sealed class PayingDownload : IAsyncDisposable
{
    private readonly string _directory;
    private readonly string _sha256;
    private readonly Wallet _wallet;
    private readonly TronChannelChain _chain;
    private readonly ClientLedger _ledger;
    private readonly Downloader _downloader;
    private long _bytes;
    private long _bytesAtMark;
    private long _movedAt;

    private PayingDownload(
        string directory, MarketWorld world, Wallet wallet, TronChannelChain chain, ClientLedger ledger, Downloader downloader) =>
        (_directory, _sha256, _wallet, _chain, _ledger, _downloader) = (directory, world.Content.Sha256, wallet, chain, ledger, downloader);

    public Task<DownloadResult> Running { get; private set; } = Task.FromException<DownloadResult>(new InvalidOperationException("It has not started."));

    public long VerifiedBytes => _downloader.Progress.VerifiedBytes;

    public long BytesSinceMark => VerifiedBytes - _bytesAtMark;

    /// <summary>The longest time without a new piece since <see cref="Mark"/>, as far as <see cref="Look"/> was called.</summary>
    public TimeSpan LongestStop { get; private set; }

    public static async Task<PayingDownload> PrepareAsync(
        MarketWorld world, IRelayDirectory relays, string name, TokenAmount funds, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(world.Directory, name);
        Directory.CreateDirectory(directory);
        var wallet = new Wallet(Secp256k1Key.Generate());
        await world.Devnet.FaucetAsync(wallet.Address, funds, cancellationToken);
        var ledger = await ClientLedger.OpenAsync(Path.Combine(directory, "client.db"), TimeProvider.System, null, cancellationToken);
        var chain = TronChannelChain.Connect(world.Network, wallet.Key, TimeProvider.System);
        var market = new MarketAccess
        {
            Relays = relays,
            Wallet = wallet,
            Ledger = ledger,
            Chain = chain,
            Guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true }),
            TimeProvider = TimeProvider.System,
            LoggerFactory = NullLoggerFactory.Instance,
        };
        var target = await DownloadTarget.ParseAsync(world.Content.Magnet.ToString(), cancellationToken);
        var downloader = new Downloader(market, target, new DownloadOptions { Directory = Path.Combine(directory, "content") });
        return new PayingDownload(directory, world, wallet, chain, ledger, downloader);
    }

    public void Start(CancellationToken cancellationToken) => Running = _downloader.RunAsync(cancellationToken);

    /// <summary>From here on its stops count.</summary>
    public void Mark()
    {
        (LongestStop, _movedAt) = (TimeSpan.Zero, TimeProvider.System.GetTimestamp());
        _bytes = _bytesAtMark = VerifiedBytes;
    }

    public void Look()
    {
        var stopped = TimeProvider.System.GetElapsedTime(_movedAt);
        LongestStop = stopped > LongestStop && !Running.IsCompleted ? stopped : LongestStop;
        if (VerifiedBytes != _bytes)
        {
            (_bytes, _movedAt) = (VerifiedBytes, TimeProvider.System.GetTimestamp());
        }
    }

    /// <summary>Its files are the content, byte for byte.</summary>
    public async Task<bool> IsExactAsync() => (await Running).Digests!.Content == _sha256;

    /// <summary>The highest amounts that it has signed, over its channels.</summary>
    public async Task<TokenAmount> SignedAsync(CancellationToken cancellationToken) =>
        (await _ledger.ChannelsAsync(null, cancellationToken)).Aggregate(TokenAmount.Zero, static (sum, channel) => sum + channel.Signed + channel.SpentBefore);

    public async ValueTask DisposeAsync()
    {
        await _downloader.DisposeAsync();
        await _ledger.DisposeAsync();
        _chain.Dispose();
        _wallet.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
