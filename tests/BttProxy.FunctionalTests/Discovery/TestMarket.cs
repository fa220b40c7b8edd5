using System.Net;
using BttProxy.BitTorrent.Dht;
using BttProxy.Discovery;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Finding;
using BttProxy.FunctionalTests.BitTorrent.Dht;
using BttProxy.Protocol.Keys;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.Discovery;

/// <summary>Relays that announce themselves and clients that look for them, on a DHT that is given.</summary>
internal sealed class TestMarket(IReadOnlyList<IPEndPoint> bootstrap) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly List<IDisposable> _keys = [];

    public static RelayMarket Market { get; } = new("functional", 7, Address(1), Address(2));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<DhtNode> StartNodeAsync(bool readOnly = false)
    {
        var node = CreateNode(readOnly);
        _parts.Add(node);
        await node.StartAsync(Token);
        return node;
    }

    public async Task<AnnouncedRelay> StartRelayAsync()
    {
        var node = CreateNode(readOnly: false);
        var relay = new AnnouncedRelay(node);
        _parts.Add(relay);
        _keys.Add(relay.Identity);
        await node.StartAsync(Token);
        await relay.Announcer.StartAsync(TestContext.Current.CancellationToken);
        return relay;
    }

    public async Task<RelayFinder> StartFinderAsync(RelayCacheOptions? cacheOptions = null, RelayFinderOptions? options = null)
    {
        var cache = await RelayCache.OpenAsync(cacheOptions ?? new RelayCacheOptions(), TimeProvider.System, NullLoggerFactory.Instance, Token);
        _keys.Add(cache);
        var node = await StartNodeAsync(readOnly: true);
        return new RelayFinder(node, cache, Market, DhtNetwork.Guard, options ?? new RelayFinderOptions(), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
        {
            await part.DisposeAsync();
        }

        _keys.ForEach(key => key.Dispose());
    }

    private DhtNode CreateNode(bool readOnly)
    {
        var options = new DhtNodeOptions
        {
            ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            Bootstrap = bootstrap,
            Guard = DhtNetwork.Guard,
            ReadOnly = readOnly,
        };
        return new DhtNode(options, TimeProvider.System, NullLoggerFactory.Instance);
    }

    private static TronAddress Address(byte fill) => new(Enumerable.Repeat(fill, TronAddress.Length).ToArray());
}
