using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht.Churn;

/// <summary>Alone in its process at the time: it measures memory, and sees by the thread pool when the nodes are done.</summary>
[CollectionDefinition(nameof(ChurnTests), DisableParallelization = true)]
[Collection(nameof(ChurnTests))]
public sealed class ChurnTests
{
    private const int Hours = 24;
    private const int Peers = 100;
    private const int Nodes = 2;
    private const int LeastCopies = 4;

    // By then everything that is kept for a time is full, and so are the accounts of remotes.
    private const int HoursToFill = 6;
    private const int HoursOfAPeriod = 6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DayOfChurn_LeavesTablesStoresAndMemoryFlat()
    {
        await using var world = new ChurnWorld(Peers, Nodes);
        await world.StartAsync(Cancellation);
        // On a thread of its own: see ChurnWorld.TakeOver.
        await Task.Factory.StartNew(() => LiveThroughTheDay(world), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static void LiveThroughTheDay(ChurnWorld world)
    {
        world.TakeOver();
        var memory = new List<long>();
        for (var hour = 1; hour <= Hours; hour++)
        {
            world.RunUntil(TimeSpan.FromHours(hour) - TimeSpan.FromMinutes(5));
            var (announced, copies) = AssertWritesAreFound(world);
            world.RunUntil(TimeSpan.FromHours(hour));
            var parts = world.Nodes.Select(node => node.GetStatistics()[0]).ToList();
            Assert.All(parts, part => AssertBounded(part, hour));
            memory.Add(GC.GetTotalMemory(forceFullCollection: true));
            var first = parts[0];
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"hour {hour}: {memory[^1] >> 10} KiB, nodes {first.Nodes}, network {first.NetworkSize:0}, peers {first.StoredPeers}, "
                + $"items {first.StoredItems}, open {first.OpenQueries}, paced {first.PacedRemotes}, stored {announced}, copies {copies}");
        }
        // Means of the same phases of what repeats. The figure wavers by 200 KiB; any leak per packet is a multiple of this.
        Assert.InRange(memory.TakeLast(HoursOfAPeriod).Average(), 0, memory.Skip(HoursToFill).Take(HoursOfAPeriod).Average() + (512 << 10));
    }

    private static (int Announced, int Copies) AssertWritesAreFound(ChurnWorld world)
    {
        var torrent = new InfoHash(DhtNodeId.CreateRandom().Span);
        var (writer, reader) = (world.Nodes[0], world.Nodes[^1]);
        var announced = world.Complete(writer.AnnounceAsync(torrent, 4321, Cancellation));
        Assert.Contains(new IPEndPoint(writer.LocalEndPoint.Address, 4321), world.Complete(CollectAsync(reader, torrent)));
        var put = world.Complete(writer.PutImmutableAsync(torrent.Span.ToArray(), Cancellation));
        Assert.NotNull(world.Complete(reader.GetImmutableAsync(put.Target, Cancellation)));
        // In a network this small all name the same few nodes, of which some are gone: twenty copies are rarely reached.
        Assert.InRange(announced, LeastCopies, DhtLimits.StoreWidth);
        Assert.InRange(put.Copies, LeastCopies, DhtLimits.StoreWidth);
        return (announced, put.Copies);
    }

    private static async Task<List<IPEndPoint>> CollectAsync(DhtNode node, InfoHash torrent)
    {
        var found = new List<IPEndPoint>();
        await foreach (var peer in node.GetPeersAsync(torrent, Cancellation))
        {
            found.Add(peer);
        }
        return found;
    }

    private static void AssertBounded(DhtStatistics part, int hour)
    {
        // Some are gone and not yet found out: each is asked once in a quarter of an hour, and twice before it is dropped.
        Assert.InRange(part.Nodes, Peers / 2, Peers * 3 / 2);
        Assert.InRange(part.SpareNodes, 0, Peers);
        Assert.InRange(part.NetworkSize!.Value, Peers / 4.0, Peers * 4.0);
        Assert.InRange(part.OpenQueries, 0, 50);
        Assert.InRange(part.WaitingStrangers, 0, DhtCore.StrangersWaiting);
        Assert.InRange(part.PacedRemotes, 1, DhtLimits.PacedRemotes);
        Assert.True(part.Dropped[DhtDropReason.OverBudget] > 0 && part.Dropped[DhtDropReason.Unreadable] > 0 && part.Dropped[DhtDropReason.UnexpectedReply] > 0);
        var (isFlooded, isQuiet) = (hour % 3 == 0, hour % 3 == 2);
        if (isFlooded)
        {
            // Filled ten minutes ago; of what was there before, some has expired since.
            Assert.InRange(part.StoredItems, DhtLimits.Items - 60, DhtLimits.Items);
            Assert.InRange(part.StoredInfoHashes, DhtLimits.InfoHashes - 60, DhtLimits.InfoHashes);
            Assert.InRange(part.StoredPeers, DhtLimits.InfoHashes - 60, DhtLimits.InfoHashes + 60);
        }
        if (isQuiet)
        {
            // A quarter of 180 conversations per hour announces something, for half an hour; another quarter puts, for two hours.
            Assert.InRange(part.StoredPeers, 1, 60);
            Assert.InRange(part.StoredInfoHashes, 1, 60);
            Assert.InRange(part.StoredItems, 10, 160);
        }
    }
}
