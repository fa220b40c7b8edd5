using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.Devnet.World;

/// <summary>A DHT of its own: nodes that know each other and nobody else.</summary>
internal sealed class DhtCluster : IAsyncDisposable
{
    /// <summary>How many nodes others are told to join through; one that fails must not keep them out.</summary>
    private const int BootstrapNodes = 3;

    private readonly List<DhtNode> _nodes = [];

    private DhtCluster()
    {
    }

    public IReadOnlyList<IPEndPoint> Bootstrap => [.. _nodes.Take(BootstrapNodes).Select(node => node.LocalEndPoint)];

    public int Count => _nodes.Count;

    public static async Task<DhtCluster> StartAsync(
        int count, IPAddress address, ConnectGuard guard, TimeProvider timeProvider, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var cluster = new DhtCluster();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var options = new DhtNodeOptions
                {
                    ListenEndPoint = new IPEndPoint(address, 0),
                    Bootstrap = cluster.Bootstrap,
                    Guard = guard,
                };
                var node = new DhtNode(options, timeProvider, loggerFactory);
                cluster._nodes.Add(node);
                await node.StartAsync(cancellationToken);
            }

            await Task.WhenAll(cluster._nodes.Skip(1).Select(node => node.BootstrapAsync(cancellationToken)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>True when a lookup from the last node, which holds none of the peer's own state, gives a peer with this port.</summary>
    public async Task<bool> KnowsPeerAsync(InfoHash infoHash, int port, CancellationToken cancellationToken)
    {
        await foreach (var peer in _nodes[^1].GetPeersAsync(infoHash, cancellationToken))
        {
            if (peer.Port == port)
            {
                return true;
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}
