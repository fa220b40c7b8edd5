using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Discovery;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Finding;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Operations;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.Relay.Roles;

/// <summary>A relay of which each role is apart: what they know of each other is the ledger, the workers' addresses and the gateway's admin port.</summary>
public sealed class RolesApartTests : IAsyncLifetime
{
    private static readonly TokenAmount Reserve = new(100_000_000_000);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new(new SocketsHttpHandler());
    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(4 << 20, Token);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task SettlerApart_ClaimsWhatTheGatewaySold()
    {
        await using var worker = await StartAsync("worker", [RelayRole.Worker]);
        await using var gateway = await StartAsync("relay", [RelayRole.Gateway], worker);
        await using var settler = await StartAsync("relay", [RelayRole.Settler]);
        using var customer = await RelayCustomer.CreateAsync(_world, gateway.Record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        await customer.ReadAsync(_world.InfoHash, 0, 1_000_000, payEvery: 100_000, Token);
        var closed = await customer.CloseAsync(customer.VoucherFor(1_000_000), Token);
        Assert.Equal(VoucherRejection.Accepted, closed.Code);

        await Eventually.IsTrueAsync(async () => (await gateway.ReadBooksAsync(Token)).Claimed == closed.AcceptedTotal);

        var books = await gateway.ReadBooksAsync(Token);
        Assert.Equal((1_000_000, 1_000_000, TokenAmount.Zero, TokenAmount.Zero),
            (books.BytesDelivered.Value, books.BytesPaid.Value, books.Unclaimed, books.Debt));
        Assert.Equal("ok", await HealthAsync(settler, "readyz"));
        Assert.Equal("ok", await HealthAsync(settler, "healthz"));
    }

    [Fact]
    public async Task OperatorsClaim_GoesThroughTheGatewayAndIsSentByTheSettlerAlone()
    {
        await using var worker = await StartAsync("worker", [RelayRole.Worker]);
        await using var gateway = await StartAsync("relay", [RelayRole.Gateway], worker);
        var settler = await StartAsync("relay", [RelayRole.Settler]);
        await settler.DisposeAsync();
        using var customer = await RelayCustomer.CreateAsync(_world, gateway.Record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        await customer.ReadAsync(_world.InfoHash, 0, 200_000, payEvery: 100_000, Token);

        await using (var operations = await OperatorConnection.OpenAsync(Options("relay"), TimeProvider.System, Token))
        {
            Assert.True(operations.IsRunning);
            var status = await operations.Operations.StatusAsync(new StatusQuery(), Token);
            Assert.Contains(status.Problems, static problem => problem.What.StartsWith("No settler runs", StringComparison.Ordinal));
            var progress = await operations.Operations.ClaimAsync(new ClaimOrder([customer.ChannelId.ToString()], All: false), Token);
            Assert.Equal("queued", Assert.Single(progress.Claims).State.ToString().ToLowerInvariant());
        }

        Assert.Equal(TokenAmount.Zero, (await gateway.ReadBooksAsync(Token)).Claimed);
        await using var again = await StartAsync("relay", [RelayRole.Settler]);
        await Eventually.IsTrueAsync(async () => (await gateway.ReadBooksAsync(Token)).Unclaimed == TokenAmount.Zero);
        await gateway.DisposeAsync();

        // The settler answers for the books alone.
        await using var left = await OperatorConnection.OpenAsync(Options("relay"), TimeProvider.System, Token);
        var after = await left.Operations.StatusAsync(new StatusQuery(), Token);
        Assert.Contains(after.Problems, static problem => problem.What.StartsWith("Only the settler runs", StringComparison.Ordinal));
        Assert.Equal(TokenAmount.Zero, Assert.Single((await left.Operations.ChannelsAsync(new ChannelsQuery(All: true), Token)).Channels).Unclaimed);
    }

    [Fact]
    public async Task DhtApart_MakesTheGatewayFindableUntilItStops()
    {
        var gateway = await StartAsync("relay", [RelayRole.Gateway], workers: "http://127.0.0.1:1");
        var id = gateway.RelayId;
        await using var dht = await StartAsync("dht", [RelayRole.Dht], recordFrom: $"http://{gateway.AdminEndPoint}");
        await Eventually.IsTrueAsync(async () => await HealthAsync(dht, "readyz") == "ok");

        using var cache = await RelayCache.OpenAsync(new RelayCacheOptions(), TimeProvider.System, NullLoggerFactory.Instance, Token);
        var guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true });
        await using var node = new DhtNode(
            new DhtNodeOptions { ListenEndPoint = new(IPAddress.Loopback, 0), Bootstrap = [.. _world.Network.DhtBootstrap], Guard = guard, ReadOnly = true },
            TimeProvider.System, NullLoggerFactory.Instance);
        await node.StartAsync(Token);
        var finder = new RelayFinder(node, cache, RelayMarket.Of(_world.Network), guard, new RelayFinderOptions(), TimeProvider.System);
        FoundRelay? found = null;
        await Eventually.IsTrueAsync(async () => (found = await finder.FindAsync(id, Token)) is not null);
        Assert.Equal(gateway.Record, found!.Signed);

        await gateway.DisposeAsync();
        Assert.Equal("ok", await HealthAsync(dht, "healthz"));
        Assert.Equal(id, dht.Announced?.Id);
    }

    [Fact]
    public async Task GatewayThatStops_WithdrawsItsRecordAndTakesOnlyItsOwnNewerOne()
    {
        await using var gateway = await StartAsync("relay", [RelayRole.Gateway], workers: "http://127.0.0.1:1");
        var url = new Uri($"http://{gateway.AdminEndPoint}/record/announced");
        Assert.Equal(gateway.Record.Encode(), await _http.GetByteArrayAsync(url, Token));

        using var other = RelayIdentity.Generate();
        var foreign = gateway.Record with { Id = other.Id, Seq = gateway.Record.Seq + 1_000_000 };
        using var body = new ByteArrayContent(foreign.Encode());
        using (await _http.PostAsync(url, body, Token))
        {
            Assert.Equal(gateway.Record.Encode(), await _http.GetByteArrayAsync(url, Token));
        }

        using var noise = new ByteArrayContent([1, 2, 3]);
        using (var refused = await _http.PostAsync(url, noise, Token))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        // Its admin port stays until everything has ended.
        await gateway.StopAsync(Token);
        using var gone = await _http.GetAsync(url, Token);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal("stopping", await HealthAsync(gateway, "readyz"));
    }

    [Fact]
    public async Task RelayThatIsAskedToStop_GoesOnWithItsLoopsWhileItDrains()
    {
        using var start = new CancellationTokenSource();
        await using var relay = RelayApplication.Build(_world.RelayOptions("relay"), _world.Network);
        await relay.StartAsync(start.Token);

        // The program starts a relay with the token that a signal cancels.
        await start.CancelAsync();
        await Task.Delay(200, Token);

        Assert.Equal("ok", await HealthAsync(relay, "healthz"));
    }

    private async Task<string> HealthAsync(RelayHost host, string path)
    {
        using var answer = await _http.GetAsync(new Uri($"http://{host.AdminEndPoint}/{path}"), Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    private RelayOptions Options(string name)
    {
        var options = _world.RelayOptions(name);
        options.Settlement.CheckInterval = TimeSpan.FromMilliseconds(200);
        return options;
    }

    private Task<RelayHost> StartAsync(string name, RelayRole[] roles, RelayHost worker) => StartAsync(name, roles, worker.WorkerAddress);

    private Task<RelayHost> StartAsync(string name, RelayRole[] roles, string? workers = null, string? recordFrom = null)
    {
        var options = Options(name);
        options.Roles = roles;
        options.Worker.Listen = roles.Contains(RelayRole.Worker) ? "http://127.0.0.1:0" : null;
        options.Worker.Addresses = workers is null ? [] : [workers];
        options.Dht.RecordFrom = recordFrom;
        return _world.StartRelayAsync(options, Token);
    }
}
