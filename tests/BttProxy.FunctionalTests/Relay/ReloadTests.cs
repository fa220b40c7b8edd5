using System.Net;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A relay whose files are edited while it runs.</summary>
public sealed class ReloadTests : IAsyncLifetime
{
    private const int Length = 1 << 20;

    private static readonly PricePerMegabyte Price = new(1_000_003);
    private static readonly PricePerMegabyte Higher = new(2_000_003);
    private static readonly PricePerMegabyte Highest = new(3_000_003);
    private static readonly TokenAmount Reserve = new(2_000_000_000);

    private MarketWorld _world = null!;
    private FileRelay _relay = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await MarketWorld.StartAsync(Length, Token);
        _relay = await FileRelay.StartAsync(_world, Price, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _relay.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task AnotherPrice_ReachesNewSessions_AndOldOnesKeepTheirs()
    {
        using var old = await CustomerAsync();
        Assert.Equal(Price, (await old.OpenAsync(Reserve, Token)).Price);

        _relay.Write("offer", "pricePerMegabyte", Higher.ToString());
        _relay.Host.AskForReload();
        await Eventually.IsTrueAsync(() => _relay.Price == Higher);

        using var fresh = await CustomerAsync();
        Assert.Equal(Higher, (await fresh.OpenAsync(Reserve, Token)).Price);
        Assert.Equal(Length, (await old.ReadAsync(_world.InfoHash, 0, Length, 1 << 17, Token)).Length);
        var answer = await old.PayAsync(old.VoucherFor(Length), Token);
        Assert.Equal((VoucherRejection.Accepted, Price.Owed(new ByteCount(Length))), (answer.Code, answer.AcceptedTotal));
    }

    [Fact]
    public async Task ChangeThatComesWhileTheFilesAreRead_IsSeenNextTime()
    {
        _relay.WhenRead = () => _relay.Write("offer", "pricePerMegabyte", Highest.ToString());
        _relay.Write("offer", "pricePerMegabyte", Higher.ToString());
        _relay.Host.AskForReload();

        await Eventually.IsTrueAsync(() => _relay.Price == Highest);
    }

    [Fact]
    public async Task BrokenFile_ChangesNothing_UntilItIsMended()
    {
        var refused = _relay.Reloads("refused");
        _relay.WriteRaw("""{ "offer": { "pricePerMegabyte": "1 BTT", "prise": 5 """);
        await Eventually.IsTrueAsync(() => _relay.Reloads("refused") > refused);
        Assert.Equal(Price, _relay.Price);

        refused = _relay.Reloads("refused");
        _relay.WritePolicy("""{ "quotaPerDay": "much" }""");
        _relay.Write("offer", "pricePerMegabyte", Higher.ToString());
        await Eventually.IsTrueAsync(() => _relay.Reloads("refused") > refused);
        Assert.Equal(Price, _relay.Price);

        _relay.WritePolicy("{}");
        await Eventually.IsTrueAsync(() => _relay.Price == Higher);
    }

    [Fact]
    public async Task OptionThatIsReadAtTheStart_NeedsARestart()
    {
        var waiting = _relay.Reloads("needs_restart");
        _relay.Write("tunnel", "maxConnections", 77);
        _relay.Host.AskForReload();

        await Eventually.IsTrueAsync(() => _relay.Reloads("needs_restart") > waiting);
    }

    [Fact]
    public async Task NewlyDeniedTorrent_EndsItsResponsesAndIsRefused()
    {
        using var customer = await CustomerAsync();
        await customer.OpenAsync(Reserve, Token);

        // It does not pay: the response waits for credit when its torrent is denied.
        var reading = customer.ReadAsync(_world.InfoHash, 0, Length, payEvery: 0, Token);
        await Eventually.IsTrueAsync(() => customer.Received >= customer.Session.Window.Value);
        Assert.False(reading.IsCompleted);
        _relay.WritePolicy($$"""{ "denylist": ["{{_world.InfoHash}}"] }""");
        _relay.Host.AskForReload();

        // Long before the relay gives up waiting for credit.
        await Eventually.IsTrueAsync(() => reading.IsCompleted);
        var read = await reading;
        Assert.Equal(customer.Session.Window.Value, read.Length);
        Assert.Equal(VoucherRejection.Accepted, (await customer.PayAsync(customer.VoucherFor(read.Length), Token)).Code);
        using var again = await customer.GetContentAsync(_world.InfoHash, 0, 1000, Token);
        Assert.Equal(HttpStatusCode.UnavailableForLegalReasons, again.StatusCode);
    }

    [Fact]
    public async Task TorrentThatIsTooLarge_IsRefusedWithItsSize()
    {
        using var customer = await CustomerAsync();
        await customer.OpenAsync(Reserve, Token);
        _relay.WritePolicy("""{ "maxTorrentBytes": "1 MB" }""");
        await Eventually.IsTrueAsync(async () =>
        {
            using var response = await customer.GetContentAsync(_world.InfoHash, 0, 1000, Token);
            return response.StatusCode == HttpStatusCode.UnavailableForLegalReasons
                && MessageCodec.TryDecode<Refusal>(await response.Content.ReadAsByteArrayAsync(Token), out var refusal)
                && refusal.Text.Contains($"1000000 bytes, and this one has {Length}", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Rate_IsKeptByARunningSession()
    {
        using var customer = await CustomerAsync();
        await customer.OpenAsync(Reserve, Token);
        var applied = _relay.Reloads("applied");
        _relay.WritePolicy("""{ "maxClientRate": "300 kB" }""");
        _relay.Host.AskForReload();
        await Eventually.IsTrueAsync(() => _relay.Reloads("applied") > applied);

        var start = TimeProvider.System.GetTimestamp();
        Assert.Equal(600_000, (await customer.ReadAsync(_world.InfoHash, 0, 600_000, 1 << 16, Token)).Length);

        // However busy the machine: all but what may go at once.
        Assert.True(TimeProvider.System.GetElapsedTime(start).TotalSeconds > 1.5);
    }

    private Task<RelayCustomer> CustomerAsync() => RelayCustomer.CreateAsync(_world, _relay.Host.Record, Reserve, Token);
}
