using BttProxy.BitTorrent;
using BttProxy.Client;
using BttProxy.Client.Fetching;
using BttProxy.Client.Wallets;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Hosting;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A relay that charges for bringing channels to the chain; numbers in brackets are attacks of the threat list.</summary>
public sealed class OpenFeeTests
{
    private static readonly TokenAmount Fee = new(900_000);
    private static readonly TokenAmount Reserve = new(2_000_000_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact] // [33]
    public async Task ChannelWhoseFeeIsNotSigned_CostsTheRelayNoTransaction()
    {
        await using var world = await MarketWorld.StartAsync(1 << 20, Token);
        await using var relay = await StartRelayAsync(world);
        using var customer = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token);
        var before = (await world.Chain.HeadAsync(Token)).Number;

        Assert.Equal(Fee, customer.Record.OpenFee);
        Assert.Equal(SessionRejection.OpenFeeMissing, await customer.AskAsync(Reserve, Token));
        Assert.Equal(SessionRejection.OpenFeeMissing, await customer.AskAsync(Reserve, Token, customer.Voucher(Fee - new TokenAmount(1))));
        Assert.Equal(SessionRejection.OpenFeeMissing, await customer.AskAsync(Reserve, Token, customer.Voucher(Fee, customer.Payer)));
        Assert.Equal(SessionRejection.OpenFeeMissing, await customer.AskAsync(Reserve, Token, customer.Voucher(Reserve + Fee)));
        Assert.Equal(before, (await world.Chain.HeadAsync(Token)).Number);

        Assert.Equal(SessionRejection.Accepted, await customer.AskAsync(Reserve, Token, customer.Voucher(Fee)));
        Assert.Equal((Fee, TokenAmount.Zero), (customer.Session.BaseAmount, customer.Session.Outstanding));
        Assert.Equal(Fee, (await relay.ReadBooksAsync(Token)).Accepted);
    }

    [Fact] // [33]
    public async Task ClientThatNeverComesBack_HasPaidForItsOpening()
    {
        await using var world = await MarketWorld.StartAsync(1 << 20, TimeSpan.FromMilliseconds(100), Token);
        await using var relay = await StartRelayAsync(world);
        using var customer = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token);
        Assert.Equal(SessionRejection.Accepted, await customer.AskAsync(Reserve, Token, customer.Voucher(Fee)));
        Assert.NotNull(customer.Pending);
        Assert.Equal(TokenAmount.Zero, (await relay.ReadBooksAsync(Token)).Accepted);

        await UntilAsync(async () => (await relay.ReadBooksAsync(Token)).Accepted == Fee);
    }

    [Fact] // [16, 33]
    public async Task OpeningAskedForAgain_CostsOneFee_AndALargerOneAnother()
    {
        await using var world = await MarketWorld.StartAsync(1 << 20, TimeSpan.FromMilliseconds(200), Token);
        await using var relay = await StartRelayAsync(world);
        using var customer = await RelayCustomer.CreateAsync(world, relay.Record, Reserve + Reserve, Token);
        var (one, two) = (customer.Voucher(Fee), customer.Voucher(Fee + Fee));

        Assert.Equal(SessionRejection.Accepted, await customer.AskAsync(Reserve, Token, one));
        Assert.NotNull(customer.Pending);
        Assert.Equal(SessionRejection.Accepted, await customer.AskAsync(Reserve, Token, one));
        Assert.Equal(SessionRejection.OpenFeeMissing, await customer.AskAsync(Reserve + Reserve, Token, one));
        await UntilAsync(async () => await customer.AskAsync(Reserve, Token, one) == SessionRejection.Accepted && customer.Pending is null);
        Assert.Equal(Fee, customer.Session.BaseAmount);

        Assert.Equal(SessionRejection.OpenFeeMissing, await customer.AskAsync(Reserve + Reserve, Token, one));
        Assert.Equal(SessionRejection.Accepted, await customer.AskAsync(Reserve + Reserve, Token, two));
    }

    [Fact] // [16: each new wallet gets a window unpaid]
    public async Task NewWalletsThatNeverPayTheirWindow_PayMoreThanTheyTake()
    {
        const int Wallets = 20;
        await using var world = await MarketWorld.StartAsync(1 << 20, Token);
        await using var relay = await StartRelayAsync(world);
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = 5, CancellationToken = Token };
        await Parallel.ForEachAsync(Enumerable.Range(0, Wallets), bounds, async (_, token) =>
        {
            using var customer = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, token);
            Assert.Equal(SessionRejection.Accepted, await customer.AskAsync(Reserve, token, customer.Voucher(Fee)));
            await customer.ReadAsync(world.InfoHash, 0, (int)customer.Session.Window.Value, 0, token);
            await customer.CloseAsync(null, token);
        });

        var books = await relay.ReadBooksAsync(Token);
        Assert.True(books.BytesDelivered.Value > 0, "nothing was taken");
        Assert.Equal(new TokenAmount(Fee.Units * Wallets), books.Accepted);
        Assert.True(books.Debt < books.Accepted, $"{books.Debt} taken, {books.Accepted} paid");
    }

    [Fact]
    public async Task RealClient_PaysTheFeeOnceAndCountsItAsSpent()
    {
        await using var world = await MarketWorld.StartAsync(1 << 20, TimeSpan.FromMilliseconds(100), Token);
        await using var relay = await StartRelayAsync(world);
        using var wallet = new Wallet(Secp256k1Key.Generate());
        await using var ledger = await ClientLedger.OpenAsync(Path.Combine(world.Directory, "client.db"), TimeProvider.System, null, Token);
        await world.Devnet.FaucetAsync(wallet.Address, TokenAmount.FromBtt(1), Token);

        var tooDear = await Assert.ThrowsAsync<ClientException>(() => FetchAsync(world, relay, wallet, ledger, "none", Fee - new TokenAmount(1)));
        Assert.Equal(ExitCode.TooDear, tooDear.ExitCode);
        Assert.Contains("--max-fee", tooDear.Message, StringComparison.Ordinal);
        Assert.Empty(await ledger.ChannelsAsync(null, Token));

        var first = await FetchAsync(world, relay, wallet, ledger, "first", null);
        var second = await FetchAsync(world, relay, wallet, ledger, "second", null);

        Assert.Equal(world.Content.Sha256, first.Digests!.Content);
        Assert.Equal(world.Content.Sha256, second.Digests!.Content);
        Assert.Equal(second.Paid + Fee, first.Paid);
        Assert.Equal(first.Paid + second.Paid, (await relay.ReadBooksAsync(Token)).Accepted);
        Assert.Equal(first.Paid + second.Paid, (await ledger.SpendOfAsync(world.InfoHash.ToString(), Token)).Amount);
    }

    private static async Task<RelayHost> StartRelayAsync(MarketWorld world)
    {
        var options = world.RelayOptions("relay");
        options.Offer.OpenFee = Fee;
        return await world.StartRelayAsync(options, Token);
    }

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.IsTrueAsync(condition, RelayCustomer.AskPause);

    private static async Task<DownloadResult> FetchAsync(
        MarketWorld world, RelayHost relay, Wallet wallet, ClientLedger ledger, string folder, TokenAmount? maximumFee)
    {
        using var chain = TronChannelChain.Connect(world.Network, wallet.Key, TimeProvider.System);
        var market = new MarketAccess
        {
            Relays = new OnlyRelay(relay),
            Wallet = wallet,
            Ledger = ledger,
            Chain = chain,
            Guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true }),
            TimeProvider = TimeProvider.System,
            LoggerFactory = NullLoggerFactory.Instance,
        };
        var options = new DownloadOptions { Directory = Path.Combine(world.Directory, folder), MaximumFee = maximumFee };
        await using var downloader = new Downloader(market, new DownloadTarget(world.InfoHash, null, world.Content.Info), options);
        return await downloader.RunAsync(Token);
    }
}
