using System.Net;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Trackers;
using BttProxy.UnitTests.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Trackers;

public sealed class TrackedTorrentTests
{
    private static readonly Uri First = new("http://one.example/announce");
    private static readonly Uri Second = new("http://two.example/announce");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnotherTracker_IsAnotherSwarm_OfAPrivateTorrentOnly(bool isPrivate)
    {
        using var folder = new TemporaryFolder();
        var info = SwarmFixtures.Info(8, isPrivate);
        await using var world = await OpenTorrent.CreateAsync(info);
        var context = world.State.Context;
        var options = new PieceStoreOptions { Directory = folder.Path };
        var torrent = new Torrent(info.InfoHash, context, options, claim: static (_, _) => true);
        torrent.State.Open(info, await PieceStore.OpenAsync(info, options, TestContext.Current.CancellationToken));
        var tracked = new TrackedTorrent(torrent, info.InfoHash, context, key: 1);
        var connected = SwarmFixtures.Peer(info);

        tracked.OnAnswer(First, TrackerEvent.Started, Answer("8.8.8.8:1"));
        torrent.State.Peers.Add(connected);
        tracked.OnAnswer(First, TrackerEvent.None, Answer("8.8.4.4:2"));
        Assert.Equal((2, DropReason.None), (torrent.State.Book.Count, connected.Dropped));

        tracked.OnAnswer(Second, TrackerEvent.Started, Answer("9.9.9.9:3"));
        Assert.Equal(
            isPrivate ? (1, DropReason.PrivateTorrent) : (3, DropReason.None), (torrent.State.Book.Count, connected.Dropped));
        await torrent.CloseAsync();
    }

    private static AnnounceAnswer Answer(string peer) => new([IPEndPoint.Parse(peer)], TimeSpan.FromMinutes(30));
}
