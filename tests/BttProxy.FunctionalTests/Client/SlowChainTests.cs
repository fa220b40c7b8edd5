using System.Collections.Concurrent;
using BttProxy.BitTorrent;
using BttProxy.Client.Fetching;
using BttProxy.Client.Wallets;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.Client;

/// <summary>The real client and a real relay on a chain whose blocks take time and need 18 more to be final.</summary>
public sealed class SlowChainTests : IAsyncLifetime
{
    private static readonly TokenAmount Funds = TokenAmount.FromBtt(1);

    private readonly Wallet _wallet = new(Secp256k1Key.Generate());
    private readonly ConcurrentQueue<DownloadEvent> _events = new();
    private MarketWorld _world = null!;
    private RelayHost _relay = null!;
    private ClientLedger _ledger = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await MarketWorld.StartAsync(1 << 20, TimeSpan.FromMilliseconds(200), Token);
        _relay = await _world.StartRelayAsync("relay", Token);
        _ledger = await ClientLedger.OpenAsync(Path.Combine(_world.Directory, "client.db"), TimeProvider.System, null, Token);
        await _world.Devnet.FaucetAsync(_wallet.Address, Funds, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        await _relay.DisposeAsync();
        await _world.DisposeAsync();
        _wallet.Dispose();
    }

    [Fact]
    public async Task FreshWallet_WaitsAndFetchesAndTheNextTimeStartsAtOnce()
    {
        var result = await FetchAsync("first", Token);

        Assert.Equal(_world.Content.Sha256, result.Digests!.Content);
        var waits = _events.Where(static happened => happened.Kind == DownloadEventKind.Waiting).Select(static happened => happened.Text).ToList();
        Assert.Contains(waits, static text => text.StartsWith("opening a channel with relay ", StringComparison.Ordinal));
        Assert.DoesNotContain(_events, static happened => happened.Kind == DownloadEventKind.RelayLeft && !happened.Text.Contains("Finished", StringComparison.Ordinal));

        _events.Clear();
        Assert.Equal(_world.Content.Sha256, (await FetchAsync("second", Token)).Digests!.Content);
        Assert.DoesNotContain(_events, static happened => happened.Kind == DownloadEventKind.Waiting);
        Assert.Single(await _world.Chain.ChannelsOfAsync(_wallet.Address, null, Token));
    }

    [Theory]
    [InlineData("letting the contract take tokens", 1)]
    [InlineData("opening a channel with relay", 0)]
    public async Task InterruptedWhileWaiting_GoesOnWithTheSame(string until, int lost)
    {
        _world.Devnet.Host.Front.Chain.Faults.TransactionsToDrop = lost;
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FetchAsync("download", interrupt.Token, happened =>
        {
            if (happened.Text.StartsWith(until, StringComparison.Ordinal))
            {
                interrupt.Cancel();
            }
        }));

        Assert.Equal(_world.Content.Sha256, (await FetchAsync("download", Token)).Digests!.Content);
        var terms = Assert.Single(await _world.Chain.ChannelsOfAsync(_wallet.Address, null, Token));
        var reserved = (await _world.Chain.ChannelAsync(terms.Id(_world.Chain.Domain), Token))!.Reserved;
        Assert.Equal(Funds - reserved, await _world.Chain.BalanceAsync(_wallet.Address, Token));
        Assert.Equal(TokenAmount.Zero, await _world.Chain.DepositedAsync(_wallet.Address, Token));
    }

    private async Task<DownloadResult> FetchAsync(string folder, CancellationToken cancellationToken, Action<DownloadEvent>? happens = null)
    {
        var market = new MarketAccess
        {
            Relays = new OnlyRelay(_relay),
            Wallet = _wallet,
            Ledger = _ledger,
            Chain = BttProxy.Tron.Node.TronChannelChain.Connect(_world.Network, _wallet.Key, TimeProvider.System),
            Guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true }),
            TimeProvider = TimeProvider.System,
            LoggerFactory = NullLoggerFactory.Instance,
        };
        using (market.Chain as IDisposable)
        {
            var target = new DownloadTarget(_world.InfoHash, null, _world.Content.Info);
            var options = new DownloadOptions { Directory = Path.Combine(_world.Directory, folder) };
            await using var downloader = new Downloader(market, target, options, new Listener(_events, happens));
            return await downloader.RunAsync(cancellationToken);
        }
    }

    private sealed class Listener(ConcurrentQueue<DownloadEvent> events, Action<DownloadEvent>? happens) : IProgress<DownloadEvent>
    {
        public void Report(DownloadEvent value)
        {
            events.Enqueue(value);
            happens?.Invoke(value);
        }
    }
}
