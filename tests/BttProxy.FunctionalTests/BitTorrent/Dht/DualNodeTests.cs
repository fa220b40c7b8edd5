using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Dht;

public sealed class DualNodeTests
{
    private static readonly InfoHash Torrent = InfoHash.Parse("0123456789abcdef0123456789abcdef01234567");

    private static readonly DhtNodeOptions Both = new()
    {
        ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
        SecondListenEndPoint = new IPEndPoint(IPAddress.IPv6Loopback, 0),
        Guard = DhtNetwork.Guard,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodesThatKnowOneIPv4Address_FindTheIPv6NetworkThroughIt()
    {
        await using var network = await StartAsync(10);
        await Eventually.IsTrueAsync(() => network.Nodes.All(node => node.GetStatistics() is [{ Nodes: >= 8 }, { Nodes: >= 8 }]));
        Assert.Equal(
            [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6],
            network.Nodes[9].GetStatistics().Select(part => part.LocalEndPoint.AddressFamily));
    }

    [Fact]
    public async Task Announcement_IsFoundInBothNetworks()
    {
        await using var network = await StartAsync(10);
        await Eventually.IsTrueAsync(() => network.Nodes.All(node => node.GetStatistics() is [{ Nodes: >= 8 }, { Nodes: >= 8 }]));
        Assert.True(await network.Nodes[3].AnnounceAsync(Torrent, 4321, Cancellation) >= 16);
        var found = new HashSet<IPEndPoint>();
        await foreach (var peer in network.Nodes[8].GetPeersAsync(Torrent, Cancellation))
        {
            Assert.True(found.Add(peer));
        }
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 4321), new IPEndPoint(IPAddress.IPv6Loopback, 4321)], found);
        var put = await network.Nodes[2].PutImmutableAsync("in both"u8.ToArray(), Cancellation);
        Assert.True(put is { Stored: >= 16, Copies: >= 16 }, put.ToString());
        Assert.Equal("in both"u8.ToArray(), (await network.Nodes[7].GetImmutableAsync(put.Target, Cancellation))?.ToArray());
    }

    private static async Task<DhtNetwork> StartAsync(int nodes)
    {
        if (!Socket.OSSupportsIPv6)
        {
            Assert.Skip("This host has no IPv6.");
        }
        var network = new DhtNetwork();
        var first = await network.AddAsync(Both);
        // Somebody must know one address of the other network: the second node does. The rest know one IPv4 address.
        await network.AddAsync(Both with { Bootstrap = [.. first.GetStatistics().Select(part => part.LocalEndPoint)] });
        for (var i = 2; i < nodes; i++)
        {
            await network.AddAsync(Both);
        }
        return network;
    }
}
