using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>What a client gets that does not pay, and that it cannot get more by trying differently.</summary>
public sealed class UnpaidClientTests : IAsyncLifetime
{
    private const int Window = 256 * 1024;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(8 << 20, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task NeverPays_GetsAtMostTheWindow()
    {
        await using var relay = await _world.StartRelayAsync(Options(), Token);
        using var customer = await OpenAsync(relay.Record);

        // Several responses at once, then again: all share one window.
        var parts = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
            customer.ReadAsync(_world.InfoHash, i * Window, Window, payEvery: 0, Token)));
        var again = await customer.ReadAsync(_world.InfoHash, 0, Window, payEvery: 0, Token);

        var got = parts.Sum(p => p.Length) + again.Length;
        TestContext.Current.TestOutputHelper?.WriteLine($"unpaid loss: {got} bytes of a window of {Window}");
        Assert.Equal(Window, got);
    }

    [Fact]
    public async Task Reconnects_KeepsItsDebt()
    {
        await using var relay = await _world.StartRelayAsync(Options(), Token);
        using var customer = await OpenAsync(relay.Record);
        var first = await customer.ReadAsync(_world.InfoHash, 0, Window, payEvery: 0, Token);

        var second = await customer.OpenAsync(Reserve, Token);
        var more = await customer.ReadAsync(_world.InfoHash, 0, Window, payEvery: 0, Token);

        Assert.Equal(Window, first.Length);
        Assert.Equal(second.Price.Owed(new ByteCount(Window)), second.Outstanding);
        Assert.Empty(more);

        // The first voucher pays the debt, and credit is back.
        var answer = await customer.PayAsync(customer.VoucherFor(0), Token);
        Assert.Equal(VoucherRejection.Accepted, answer.Code);
        Assert.NotEmpty(await customer.ReadAsync(_world.InfoHash, 0, Window, payEvery: 0, Token));
    }

    [Fact]
    public async Task AbortsEveryResponse_RunsOutOfForgiveness()
    {
        await using var relay = await _world.StartRelayAsync(Options(), Token);
        using var customer = await OpenAsync(relay.Record);
        var got = 0L;
        var requests = 0;
        try
        {
            while (requests++ < 200)
            {
                using var response = await customer.GetContentAsync(_world.InfoHash, 0, 4 * Window, Token);
                if (!response.IsSuccessStatusCode)
                {
                    break;
                }

                await using var body = await response.Content.ReadAsStreamAsync(Token);
                var buffer = new byte[Window];
                got += await body.ReadAtLeastAsync(buffer, Window / 2, throwOnEndOfStream: false, Token);
            }
        }
        catch (HttpRequestException)
        {
            // The relay has ended the session under a running response.
        }

        // 4 MiB and 5 % are forgiven over a channel's life, then the window is the end.
        TestContext.Current.TestOutputHelper?.WriteLine($"aborting client got {got} bytes in {requests} requests");
        Assert.InRange(got, Window, (4 << 20) + (4 << 20) / 20 + (2 * Window));
        var books = await relay.ReadBooksAsync(Token);
        Assert.InRange(books.BytesForgiven.Value, 1, (4 << 20) + (books.BytesDelivered.Value / 20));
    }

    [Fact]
    public async Task PaysWhileAResponseWaits_TheResponseGoesOn()
    {
        var options = Options();
        options.Credit.CreditWait = TimeSpan.FromSeconds(30);
        await using var relay = await _world.StartRelayAsync(options, Token);
        using var customer = await OpenAsync(relay.Record);
        var reading = customer.ReadAsync(_world.InfoHash, 0, 2 * Window, payEvery: 0, Token);
        while (customer.Received < Window)
        {
            await Task.Delay(10, Token);
        }

        await customer.PayAsync(customer.VoucherFor(Window), Token);

        Assert.Equal(2 * Window, (await reading).Length);
    }

    private RelayOptions Options()
    {
        var options = _world.RelayOptions("relay");
        options.Credit.CreditWait = TimeSpan.FromSeconds(1);
        return options;
    }

    private async Task<RelayCustomer> OpenAsync(Protocol.Relays.SignedRelayRecord record)
    {
        var customer = await RelayCustomer.CreateAsync(_world, record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        return customer;
    }
}
