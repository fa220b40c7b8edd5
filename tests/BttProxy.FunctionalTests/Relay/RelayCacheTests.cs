using System.Globalization;
using System.Text.Json;
using BttProxy.FunctionalTests.Processes;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A relay whose cache is smaller than what its client reads: in a process of its own, because metrics of one process add up.</summary>
public sealed class RelayCacheTests : IAsyncLifetime
{
    private const string Program = "bttproxy-relay";
    private const int Length = 40 << 20;
    private const long Budget = 32L << 20;
    private const long MinFree = 1_000_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TokenAmount Reserve = TokenAmount.FromBtt(100);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(Length, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task ConfiguredBudgets_HoldAndAreVisibleToTheOperator()
    {
        await using var relay = ChildProgram.Start(Program, "--config", await ConfigureAsync());
        var line = await relay.LineAsync("relay ", Deadline, Token);
        using var http = new HttpClient(new SocketsHttpHandler())
        {
            BaseAddress = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim()),
        };
        Assert.True(SignedRelayRecord.TryDecode(await http.GetByteArrayAsync("record", Token), out var record));
        using var customer = await RelayCustomer.CreateAsync(_world, record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);

        Assert.Equal(Length, (await customer.ReadAsync(_world.InfoHash, 0, Length, payEvery: 1_000_000, Token)).Length);

        var metrics = await http.GetStringAsync("metrics", Token);
        Assert.Equal(Budget, Read(metrics, "bttproxy_cache_limit_bytes", "total"));
        Assert.Equal(Budget / 2, Read(metrics, "bttproxy_cache_limit_bytes", "torrent"));
        Assert.InRange(Read(metrics, "bttproxy_cache_used_bytes", "evictable"), Budget / 4, Budget / 2);
        Assert.Equal(0, Read(metrics, "bttproxy_cache_used_bytes", "pinned"));
        Assert.InRange(Read(metrics, "bttproxy_cache_evicted_size_bytes_total", "torrent"), Length - (Budget / 2), Length);
        Assert.Equal(MinFree, Read(metrics, "bttproxy_disk_floor_bytes", "BttProxy"));
        Assert.InRange(Read(metrics, "bttproxy_disk_free_bytes", "BttProxy"), MinFree, long.MaxValue);
        Assert.Equal(0, Read(metrics, "bttproxy_disk_stopped", "BttProxy"));
    }

    private async Task<string> ConfigureAsync()
    {
        var network = Path.Combine(_world.Directory, "network.json");
        await File.WriteAllBytesAsync(network, _world.Network.ToJson(), Token);
        var path = Path.Combine(_world.Directory, "relay.json");
        var any = new { listen = "127.0.0.1:0" };
        await File.WriteAllBytesAsync(
            path,
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                stateDirectory = Path.Combine(_world.Directory, "relay"),
                networkFile = network,
                tunnel = any,
                dht = any,
                admin = any,
                worker = new { swarmListen = "127.0.0.1:0" },
                credit = new { windowFloorBytes = 16 << 20 },
                cache = new { maxBytes = Budget, minFreeBytes = MinFree },
            }),
            Token);
        return path;
    }

    private static long Read(string metrics, string name, string label)
    {
        var line = metrics.Split('\n').Single(line =>
            line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains($"=\"{label}\"", StringComparison.Ordinal));
        return (long)double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
