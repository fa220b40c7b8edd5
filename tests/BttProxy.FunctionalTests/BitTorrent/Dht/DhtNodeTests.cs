using System.Diagnostics;
using System.Net;
using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using NSec.Cryptography;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Dht;

public sealed class DhtNodeTests
{
    private static readonly InfoHash Torrent = InfoHash.Parse("0123456789abcdef0123456789abcdef01234567");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FreshNetwork_KnitsItselfTogether()
    {
        var clock = Stopwatch.StartNew();
        await using var network = await DhtNetwork.StartAsync(20);
        var counts = network.Nodes.Select(node => node.NodeCount).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.ElapsedMilliseconds} ms, table {counts[0]}..{counts[^1]}");
    }

    [Fact]
    public async Task AnnouncedPeers_AreFoundByOthers()
    {
        await using var network = await DhtNetwork.StartAsync(20);
        Assert.True(await network.Nodes[3].AnnounceAsync(Torrent, 4321, Cancellation) >= 8);
        Assert.True(await network.Nodes[5].AnnounceAsync(Torrent, null, Cancellation) >= 8);
        var reader = await network.AddAsync(readOnly: true);

        var found = new List<IPEndPoint>();
        await foreach (var peer in reader.GetPeersAsync(Torrent, Cancellation))
        {
            found.Add(peer);
        }

        Assert.Equal(2, found.Count);
        Assert.Contains(new IPEndPoint(IPAddress.Loopback, 4321), found);
        Assert.Contains(network.Nodes[5].LocalEndPoint, found);
    }

    [Fact]
    public async Task Scrape_CountsWithoutJoining()
    {
        await using var network = await DhtNetwork.StartAsync(12);
        Assert.Equal(new DhtScrape(0, 0, 0), await network.Nodes[7].ScrapeAsync(Torrent, Cancellation));
        await network.Nodes[3].AnnounceAsync(Torrent, 4321, Cancellation, isSeed: true);
        await network.Nodes[5].AnnounceAsync(Torrent, 4322, Cancellation);
        var counted = await network.Nodes[7].ScrapeAsync(Torrent, Cancellation);
        Assert.Equal((1, 1), (counted.Seeds, counted.Downloaders));
        Assert.True(counted.Answered >= 8, counted.ToString());
    }

    [Fact]
    public async Task Statistics_TellWhatTheNodeDoes()
    {
        await using var network = await DhtNetwork.StartAsync(12);
        await network.Nodes[3].AnnounceAsync(Torrent, 4321, Cancellation);
        await network.Nodes[3].PutImmutableAsync("item"u8.ToArray(), Cancellation);
        // Who joined when there were fewer than eight others learns the size a second or two later.
        await Eventually.IsTrueAsync(() => network.Nodes.All(node => node.GetStatistics()[0].NetworkSize is not null));
        var parts = network.Nodes.Select(node => Assert.Single(node.GetStatistics())).ToList();
        Assert.All(parts, part => Assert.InRange(part.NetworkSize!.Value, 6, 40));
        Assert.All(parts, part => Assert.Equal(part.Nodes, part.VerifiedNodes));
        Assert.InRange(parts.Sum(part => part.StoredPeers), 8, 12);
        Assert.InRange(parts.Sum(part => part.StoredItems), 8, 12);
        Assert.All(parts, part => Assert.True(part is { PacketsReceived: > 10, PacketsSent: > 10 }));
        Assert.All(parts, part => Assert.Equal(0, part.Dropped[DhtDropReason.Unreadable]));
    }

    [Fact]
    public async Task ReaderThatStopsEarly_LeavesNothingRunning()
    {
        await using var network = await DhtNetwork.StartAsync(10);
        await network.Nodes[3].AnnounceAsync(Torrent, 4321, Cancellation);
        await foreach (var peer in network.Nodes[7].GetPeersAsync(Torrent, Cancellation))
        {
            Assert.Equal(4321, peer.Port);
            break;
        }
    }

    [Fact]
    public async Task MutableItem_IsReadBackUpdatedAndGuarded()
    {
        await using var network = await DhtNetwork.StartAsync(20);
        using var key = Key.Create(SignatureAlgorithm.Ed25519);
        var publicKey = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        var salt = "r1"u8.ToArray();
        DhtMutableItem Item(long seq, string value) => DhtMutableItem.Sign(key, salt, seq, Encoding.UTF8.GetBytes(value));

        var first = await network.Nodes[2].PutMutableAsync(Item(10, "first"), null, Cancellation);
        Assert.True(first.Stored >= 8, first.ToString());
        Assert.Equal((first.Stored, 0), (first.Copies, first.Crowd));
        var second = await network.Nodes[9].PutMutableAsync(Item(11, "second"), 10, Cancellation);
        Assert.True(second.Stored >= 8, second.ToString());

        var read = await network.Nodes[15].GetMutableAsync(publicKey, salt, Cancellation);
        Assert.Equal(11, read.Item?.Seq);
        Assert.Equal("second", Encoding.UTF8.GetString(read.Item!.Value.Span));
        Assert.True(read.Copies >= 8, read.ToString());

        var stale = await network.Nodes[4].PutMutableAsync(Item(9, "stale"), null, Cancellation);
        Assert.True(stale.SequenceTooLow >= 8, stale.ToString());
        var lost = await network.Nodes[4].PutMutableAsync(Item(12, "lost race"), 10, Cancellation);
        Assert.True(lost.CasMismatch >= 8, lost.ToString());
        Assert.Null((await network.Nodes[1].GetMutableAsync(publicKey, "r2"u8.ToArray(), Cancellation)).Item);
    }

    [Fact]
    public async Task ImmutableItem_IsReadBack()
    {
        await using var network = await DhtNetwork.StartAsync(12);
        var put = await network.Nodes[2].PutImmutableAsync("Hello World!"u8.ToArray(), Cancellation);
        Assert.Equal("e5f96f6f38320f0f33959cb4d3d656452117aadb", put.Target.ToString());
        Assert.True(put.Stored >= 8, put.ToString());
        var read = await network.Nodes[8].GetImmutableAsync(put.Target, Cancellation);
        Assert.Equal("Hello World!"u8.ToArray(), read?.ToArray());
    }

    [Fact]
    public async Task ServedItem_IsAnsweredDirectly()
    {
        await using var network = await DhtNetwork.StartAsync(3);
        using var key = Key.Create(SignatureAlgorithm.Ed25519);
        var salt = "r1"u8.ToArray();
        var target = DhtNodeId.Hash("bttproxy-self|1"u8);
        DhtMutableItem? current = null;
        network.Nodes[1].Serve(target, () => current);

        Assert.Null(await network.Nodes[2].AskDirectAsync(network.Nodes[1].LocalEndPoint, target, salt, Cancellation));
        current = DhtMutableItem.Sign(key, salt, 5, new byte[900]);
        var answer = await network.Nodes[2].AskDirectAsync(network.Nodes[1].LocalEndPoint, target, salt, Cancellation);
        Assert.Equal(5, answer?.Seq);
        Assert.Equal(900, answer?.Value.Length);
        Assert.Null(await network.Nodes[2].AskDirectAsync(network.Nodes[1].LocalEndPoint, target, "r2"u8.ToArray(), Cancellation));
        Assert.Null(await network.Nodes[2].AskDirectAsync(network.Nodes[0].LocalEndPoint, target, salt, Cancellation));
    }

    [Fact]
    public async Task ReadOnlyNode_AsksButIsNotListed()
    {
        await using var network = await DhtNetwork.StartAsync(6);
        var before = network.Nodes.Select(node => node.NodeCount).ToList();
        var reader = await network.AddAsync(readOnly: true);
        Assert.True(await reader.AnnounceAsync(Torrent, 999, Cancellation) > 0);
        Assert.Equal(before, network.Nodes.Take(6).Select(node => node.NodeCount));
    }

    [Fact]
    public async Task DeadNodes_DoNotStopALookup()
    {
        await using var network = await DhtNetwork.StartAsync(16);
        await network.Nodes[3].AnnounceAsync(Torrent, 4321, Cancellation);
        foreach (var node in network.Nodes.Skip(4).Take(6))
        {
            await node.DisposeAsync();
        }
        var found = new List<IPEndPoint>();
        await foreach (var peer in network.Nodes[14].GetPeersAsync(Torrent, Cancellation))
        {
            found.Add(peer);
        }
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 4321)], found);
    }

    [Fact]
    public async Task Restart_KeepsIdAndFindsTheNetworkWithoutBootstrap()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            await using var network = await DhtNetwork.StartAsync(8);
            var options = new DhtNodeOptions
            {
                ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                Guard = DhtNetwork.Guard,
                StatePath = Path.Combine(directory.FullName, "dht", "state"),
            };
            var first = await network.AddAsync(options);
            Assert.True(await first.BootstrapAsync(Cancellation) >= 8);
            await first.DisposeAsync();

            await using var second = new DhtNode(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
            await second.StartAsync(Cancellation);
            Assert.True(await second.BootstrapAsync(Cancellation) >= 8);
            Assert.Equal(first.Id, second.Id);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task IPv6Network_FindsPeers()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6)
        {
            Assert.Skip("This host has no IPv6.");
        }
        await using var network = new DhtNetwork();
        for (var i = 0; i < 10; i++)
        {
            await network.AddAsync(new DhtNodeOptions { ListenEndPoint = new IPEndPoint(IPAddress.IPv6Loopback, 0), Guard = DhtNetwork.Guard });
        }
        await Eventually.IsTrueAsync(() => network.Nodes.All(node => node.NodeCount >= 8));
        Assert.True(await network.Nodes[3].AnnounceAsync(Torrent, 4321, Cancellation) >= 8);
        await foreach (var peer in network.Nodes[8].GetPeersAsync(Torrent, Cancellation))
        {
            Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 4321), peer);
        }
    }
}
