using System.Net;
using BttProxy.Discovery.Finding;
using Xunit;

namespace BttProxy.FunctionalTests.Discovery;

/// <summary>
/// Discovery over DHT nodes of libtorrent only. Explicit: tests/interop/discovery/run starts those nodes and names them in
/// BTTPROXY_INTEROP_DHT.
/// </summary>
public sealed class LibtorrentDiscoveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IPEndPoint[] Bootstrap =>
        [.. (Environment.GetEnvironmentVariable("BTTPROXY_INTEROP_DHT") ?? throw new InvalidOperationException("BTTPROXY_INTEROP_DHT is not set."))
            .Split(',').Select(IPEndPoint.Parse)];

    [Fact(Explicit = true)]
    public async Task RelaysAnnouncedAtLibtorrentNodes_AreFoundThroughThem()
    {
        await using var market = new TestMarket(Bootstrap);
        var relays = new List<AnnouncedRelay>();
        for (var i = 0; i < 3; i++)
        {
            relays.Add(await market.StartRelayAsync());
        }

        var finder = await market.StartFinderAsync();
        // Each from its own socket: a second search repeats from the cache what the first one found.
        var found = await DiscoveryTests.FindAsync(finder, 3, relay => relay.Source == RelaySource.Direct);

        Assert.Equal(relays.Select(relay => relay.Id).Order(), found.Keys.Order());
    }

    [Fact(Explicit = true)]
    public async Task RecordStoredByLibtorrentNodes_IsReadBackAfterTheRelayIsGone()
    {
        await using var market = new TestMarket(Bootstrap);
        var relay = await market.StartRelayAsync();
        await Eventually.IsTrueAsync(() => relay.Announcer.Announcement.StoredCopies >= 8);
        await relay.DisposeAsync();

        var found = await (await market.StartFinderAsync()).FindAsync(relay.Id, Token);

        Assert.Equal(relay.Announcer.Current, found!.Signed);
        TestContext.Current.TestOutputHelper?.WriteLine($"{relay.Announcer.Announcement.StoredCopies} copies at libtorrent nodes");
    }
}
