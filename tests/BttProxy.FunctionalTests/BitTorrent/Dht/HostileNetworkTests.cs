using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Dht;

public sealed class HostileNetworkTests
{
    private static readonly InfoHash Torrent = InfoHash.Parse("0123456789abcdef0123456789abcdef01234567");
    private readonly TaskCompletionSource<IPEndPoint> _asker = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task NodesThatAlwaysKnowNearerOnes_GetNoMoreThanTheQueryLimit()
    {
        const int Sockets = 400;
        var peers = Enumerable.Range(0, Sockets).Select(_ => new UdpPeer()).ToList();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var asked = 0;
        // Peer n claims an id that shares n/3 bits with the target, and names the next eight.
        DhtNodeId IdOf(int n) => new DhtNodeId(Torrent).CreateRandomNeighbour(Math.Min(159, n / 3));
        var serving = peers.Select(async (peer, n) =>
        {
            while (true)
            {
                var query = await peer.ReceiveAsync(ending.Token);
                if (query.Method == KrpcMethod.GetPeers)
                {
                    Interlocked.Increment(ref asked);
                }
                var next = Enumerable.Range(n + 1, 8).Where(i => i < Sockets).Select(i => new DhtContact(IdOf(i), peers[i].EndPoint)).ToArray();
                await peer.SendAsync(
                    UdpPeer.Reply(query, IdOf(n), peer.EndPoint, writer =>
                        writer.WriteEntry("nodes"u8, CompactAddresses.WriteNodes(next, AddressFamily.InterNetwork))),
                    await _asker.Task);
            }
        }).ToList();

        await using (var node = new DhtNode(
            new DhtNodeOptions { ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0), Guard = DhtNetwork.Guard, Bootstrap = [peers[0].EndPoint] },
            TimeProvider.System,
            NullLoggerFactory.Instance))
        {
            await node.StartAsync(ending.Token);
            _asker.SetResult(node.LocalEndPoint);
            await foreach (var _ in node.GetPeersAsync(Torrent, ending.Token))
            {
                Assert.Fail("nobody named a peer");
            }
            Assert.InRange(asked, 20, DhtLimits.LookupQueries);
        }
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(serving));
        peers.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task PeersThatNobodyMayDial_AreNotHandedOut()
    {
        using var peer = new UdpPeer();
        await using var node = new DhtNode(
            new DhtNodeOptions { ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0), Guard = DhtNetwork.Guard, Bootstrap = [peer.EndPoint] },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        await node.StartAsync(TestContext.Current.CancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        IPEndPoint[] named =
        [
            IPEndPoint.Parse("169.254.169.254:80"), IPEndPoint.Parse("239.1.1.1:6881"), IPEndPoint.Parse("8.8.8.8:0"),
            IPEndPoint.Parse("0.0.0.0:6881"), IPEndPoint.Parse("8.8.8.8:6881"), IPEndPoint.Parse("8.8.8.8:6881"),
        ];
        var serving = Task.Run(
            async () =>
            {
                while (true)
                {
                    var query = await peer.ReceiveAsync(ending.Token);
                    await peer.SendAsync(
                        UdpPeer.Reply(query, DhtNodeId.Hash("peer"u8), node.LocalEndPoint, writer =>
                        {
                            writer.WriteString("values"u8);
                            writer.BeginList();
                            foreach (var endPoint in named)
                            {
                                writer.WriteString(CompactAddresses.WritePeer(endPoint));
                            }
                            writer.WriteString("odd"u8);
                            writer.WriteInteger(4);
                            writer.End();
                        }),
                        node.LocalEndPoint);
                }
            },
            ending.Token);

        var found = new List<IPEndPoint>();
        await foreach (var endPoint in node.GetPeersAsync(Torrent, ending.Token))
        {
            found.Add(endPoint);
        }

        Assert.Equal([IPEndPoint.Parse("8.8.8.8:6881")], found);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
    }
}
