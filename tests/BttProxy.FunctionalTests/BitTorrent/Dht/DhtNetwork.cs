using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Dht;

/// <summary>A closed DHT of our own nodes on loopback; the first node is everybody's way in.</summary>
internal sealed class DhtNetwork : IAsyncDisposable
{
    public static readonly ConnectGuard Guard = new(new ConnectGuardOptions { AllowPrivateAddresses = true });

    private readonly List<DhtNode> _nodes = [];

    public IReadOnlyList<DhtNode> Nodes => _nodes;

    public IPEndPoint WayIn => _nodes[0].LocalEndPoint;

    public static async Task<DhtNetwork> StartAsync(int nodes)
    {
        var network = new DhtNetwork();
        for (var i = 0; i < nodes; i++)
        {
            await network.AddAsync(new DhtNodeOptions { ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0), Guard = Guard });
        }
        await Eventually.IsTrueAsync(() => network.Nodes.All(node => node.NodeCount >= Math.Min(8, nodes - 1)));
        return network;
    }

    public async Task<DhtNode> AddAsync(DhtNodeOptions options)
    {
        var node = new DhtNode(
            _nodes.Count == 0 || options.Bootstrap.Count > 0 ? options : options with { Bootstrap = [WayIn] },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        _nodes.Add(node);
        await node.StartAsync(TestContext.Current.CancellationToken);
        return node;
    }

    public async Task<DhtNode> AddAsync(string address = "127.0.0.1", bool readOnly = false)
    {
        var node = await AddAsync(
            new DhtNodeOptions { ListenEndPoint = new IPEndPoint(IPAddress.Parse(address), 0), Guard = Guard, ReadOnly = readOnly });
        Assert.True(await node.BootstrapAsync(TestContext.Current.CancellationToken) > 0);
        return node;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
}
