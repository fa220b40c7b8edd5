using System.Net;
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

/// <summary>A relay whose traffic of the day is used up.</summary>
public sealed class QuotaTests
{
    private const int Length = 2 << 20;
    private const int Quota = 300_000;
    private const int Rate = 200_000;

    private static readonly TokenAmount Reserve = new(2_000_000_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UsedUpQuota_EndsSalesUntilMidnight_AlsoOverARestart_AndVouchersAreStillTaken()
    {
        await using var world = await MarketWorld.StartAsync(Length, Token);
        var clock = new ShiftedClock();
        clock.Shift = clock.GetUtcNow().Date.AddHours(47) - clock.GetUtcNow().DateTime;
        var options = world.RelayOptions("relay");
        options.PolicyFile = Path.Combine(world.Directory, "policy.json");
        await File.WriteAllTextAsync(options.PolicyFile, $$"""{ "quotaPerDay": {{Quota}}, "maxSessionRate": {{Rate}} }""", Token);
        var relay = await world.StartRelayAsync(options, Token, clock);
        try
        {
            using var customer = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token, clock: clock);
            await customer.OpenAsync(Reserve, Token);

            // It passes the quota by a second's traffic at the most, and ends as if it were complete.
            var read = await customer.ReadAsync(world.InfoHash, 0, Length, 1 << 16, Token);
            Assert.InRange(read.Length, Quota, Quota + (3 * Rate));
            Assert.Equal(VoucherRejection.Accepted, (await customer.PayAsync(customer.VoucherFor(read.Length), Token)).Code);
            await AssertRefusesContentAsync(world, customer);
            await AssertRefusesSessionsAsync(world, relay, clock);

            await relay.StopAsync(Token);
            await relay.DisposeAsync();
            relay = await world.StartRelayAsync(options, Token, clock);
            await AssertRefusesSessionsAsync(world, relay, clock);

            clock.Shift += TimeSpan.FromHours(1);
            using var next = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token, clock: clock);
            await Eventually.IsTrueAsync(async () => await next.AskAsync(Reserve, Token) == SessionRejection.Accepted, RelayCustomer.AskPause);
            Assert.Equal(100_000, (await next.ReadAsync(world.InfoHash, 0, 100_000, 1 << 16, Token)).Length);
            Assert.Equal((HttpStatusCode.OK, "ok"), await ReadyAsync(relay));
        }
        finally
        {
            await relay.DisposeAsync();
        }
    }

    [Fact]
    public async Task RealClient_IsToldWhyAndUntilWhen()
    {
        await using var world = await MarketWorld.StartAsync(Length, Token);
        var options = world.RelayOptions("relay");
        options.PolicyFile = Path.Combine(world.Directory, "policy.json");
        await File.WriteAllTextAsync(options.PolicyFile, """{ "quotaPerMonth": 100000 }""", Token);
        await using var relay = await world.StartRelayAsync(options, Token);
        using var first = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token);
        await first.OpenAsync(Reserve, Token);
        await first.ReadAsync(world.InfoHash, 0, 200_000, 1 << 16, Token);
        await Eventually.IsTrueAsync(async () => (await ReadyAsync(relay)).Status == HttpStatusCode.ServiceUnavailable);
        using var wallet = new Wallet(Secp256k1Key.Generate());
        await using var ledger = await ClientLedger.OpenAsync(Path.Combine(world.Directory, "client.db"), TimeProvider.System, null, Token);
        await world.Devnet.FaucetAsync(wallet.Address, TokenAmount.FromBtt(1), Token);

        var failure = await Assert.ThrowsAsync<ClientException>(() => FetchAsync(world, relay, wallet, ledger));

        Assert.StartsWith("Every relay has sold the traffic that its operator allows.", failure.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(SessionRejection.QuotaReached), failure.Message, StringComparison.Ordinal);
        Assert.Contains("the traffic quota of this month is used up until", failure.Message, StringComparison.Ordinal);
    }

    private static async Task AssertRefusesContentAsync(MarketWorld world, RelayCustomer customer)
    {
        using var response = await customer.GetContentAsync(world.InfoHash, 0, 1000, Token);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.True(MessageCodec.TryDecode<Refusal>(await response.Content.ReadAsByteArrayAsync(Token), out var refusal));
        Assert.Equal(SessionRejection.QuotaReached, refusal.Session);
        Assert.Contains("the traffic quota of this day is used up until", refusal.Text, StringComparison.Ordinal);
    }

    private static async Task AssertRefusesSessionsAsync(MarketWorld world, RelayHost relay, TimeProvider clock)
    {
        using var customer = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token, clock: clock);
        Assert.Equal(SessionRejection.QuotaReached, await customer.AskAsync(Reserve, Token));
        var (status, text) = await ReadyAsync(relay);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("00:00 UTC", text, StringComparison.Ordinal);

        // For who makes the relay findable there is nothing to find.
        using var http = new HttpClient(new SocketsHttpHandler());
        using var announced = await http.GetAsync(new Uri($"http://{relay.AdminEndPoint}{GatewayRecord.Path}"), Token);
        Assert.Equal(HttpStatusCode.NotFound, announced.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, string Text)> ReadyAsync(RelayHost relay)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        using var response = await http.GetAsync(new Uri($"http://{relay.AdminEndPoint}/readyz"), Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    private static async Task FetchAsync(MarketWorld world, RelayHost relay, Wallet wallet, ClientLedger ledger)
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
        var options = new DownloadOptions { Directory = Path.Combine(world.Directory, "fetched") };
        await using var downloader = new Downloader(market, new DownloadTarget(world.InfoHash, null, world.Content.Info), options);
        await downloader.RunAsync(Token);
    }
}
