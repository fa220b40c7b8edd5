using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using Xunit;

namespace BttProxy.FunctionalTests.Relay.Roles;

/// <summary>A relay whose workers are apart from its gateway.</summary>
public sealed class SeparateRolesTests : IAsyncLifetime
{
    private const int ContentBytes = 12 << 20;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(ContentBytes, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task WorkerThatDiesInTheMiddle_CostsNoByteAndNoMoney()
    {
        await using var worker1 = await WorkerAsync("worker1");
        await using var worker2 = await WorkerAsync("worker2");
        await using var gateway = await GatewayAsync([worker1, worker2]);
        using var customer = await RelayCustomer.CreateAsync(_world, gateway.Record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        var length = (int)_world.Content.Info.Length;

        using var response = await customer.GetContentAsync(_world.InfoHash, 0, length, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        var content = new byte[length];
        var killed = false;
        for (var filled = 0; filled < length;)
        {
            filled += await body.ReadAsync(content.AsMemory(filled, Math.Min(100_000, length - filled)), Token);
            customer.Received = filled;
            await customer.PayAsync(customer.VoucherFor(filled), Token);
            if (!killed && filled > length / 4)
            {
                await (HasContent("worker1") ? worker1 : worker2).DisposeAsync();
                killed = true;
            }
        }

        var closed = await customer.CloseAsync(customer.VoucherFor(length), Token);
        await gateway.ClaimAsync(Token);
        var books = await gateway.ReadBooksAsync(Token);

        for (var piece = 0; piece < _world.Content.Info.PieceCount; piece++)
        {
            Assert.True(_world.Content.Info.VerifyPiece(
                piece, content.AsSpan(piece * _world.Content.Info.PieceLength, _world.Content.Info.PieceSize(piece))));
        }

        Assert.Equal(VoucherRejection.Accepted, closed.Code);
        Assert.Equal((length, length, 0L), (books.BytesDelivered.Value, books.BytesPaid.Value, books.BytesForgiven.Value));
        Assert.Equal((closed.AcceptedTotal, closed.AcceptedTotal, TokenAmount.Zero), (books.Accepted, books.Claimed, books.Debt));
    }

    [Fact]
    public async Task GatewayWithoutWorkers_SaysSoAndGoesOnWhenOneIsThere()
    {
        var worker = await WorkerAsync("worker1", $"unix:{Path.Combine(_world.Directory, "worker.sock")}");
        await using var gateway = await GatewayAsync([worker]);
        await worker.DisposeAsync();
        using var customer = await RelayCustomer.CreateAsync(_world, gateway.Record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);

        using (var refused = await customer.GetContentAsync(_world.InfoHash, 0, 100_000, Token))
        {
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(MessageCodec.TryDecode<Refusal>(await refused.Content.ReadAsByteArrayAsync(Token), out var refusal));
            Assert.Equal(RefusalCode.WorkerUnavailable, refusal.Code);
        }

        await using var again = await WorkerAsync("worker1", worker.WorkerAddress);
        Assert.Equal(100_000, (await customer.ReadAsync(_world.InfoHash, 0, 100_000, payEvery: 0, Token)).Length);
        Assert.Equal(100_000, (await gateway.ReadBooksAsync(Token)).BytesDelivered.Value);
    }

    private bool HasContent(string worker) =>
        Directory.EnumerateFiles(Path.Combine(_world.Directory, worker, "cache"), "*", SearchOption.AllDirectories)
            .Any(static file => new FileInfo(file).Length > 100_000);

    private Task<RelayHost> WorkerAsync(string name, string listen = "http://127.0.0.1:0")
    {
        var options = _world.RelayOptions(name);
        options.Roles = [RelayRole.Worker];
        options.Worker.Listen = listen;
        options.Tunnel.DrainTimeout = TimeSpan.Zero;
        return _world.StartRelayAsync(options, Token);
    }

    private Task<RelayHost> GatewayAsync(IEnumerable<RelayHost> workers)
    {
        var options = _world.RelayOptions("gateway");
        options.Roles = [RelayRole.Gateway, RelayRole.Dht, RelayRole.Settler];
        options.Worker.Addresses = [.. workers.Select(static worker => worker.WorkerAddress)];
        return _world.StartRelayAsync(options, Token);
    }
}
