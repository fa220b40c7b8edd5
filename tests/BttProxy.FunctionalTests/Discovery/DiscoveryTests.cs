using System.Diagnostics;
using System.Text;
using BttProxy.BitTorrent.Dht;
using BttProxy.Discovery.Announcing;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Finding;
using BttProxy.FunctionalTests.BitTorrent.Dht;
using BttProxy.Protocol;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;
using Xunit;

namespace BttProxy.FunctionalTests.Discovery;

public sealed class DiscoveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FreshNetwork_FinderFindsAllThreeRelays()
    {
        var clock = Stopwatch.StartNew();
        await using var network = await DhtNetwork.StartAsync(10);
        await using var market = new TestMarket([network.WayIn]);
        var finder = await market.StartFinderAsync();
        var relays = new List<AnnouncedRelay>();
        for (var i = 0; i < 3; i++)
        {
            relays.Add(await market.StartRelayAsync());
        }

        var found = await FindAsync(finder, 3);

        Assert.Equal(relays.Select(relay => relay.Id).Order(), found.Keys.Order());
        TestContext.Current.TestOutputHelper?.WriteLine($"three relays found {clock.ElapsedMilliseconds} ms after the first DHT node started");
    }

    [Fact]
    public async Task NewClient_SeesAllRelaysInOneSearch()
    {
        await using var network = await DhtNetwork.StartAsync(10);
        await using var market = new TestMarket([network.WayIn]);
        var relays = new List<AnnouncedRelay>();
        for (var i = 0; i < 3; i++)
        {
            relays.Add(await market.StartRelayAsync());
        }

        await Eventually.IsTrueAsync(() => relays.TrueForAll(relay =>
            relay.Announcer.Announcement is { StoredCopies: >= 8, AnnouncedTo: >= 8 }));
        var clock = Stopwatch.StartNew();
        var finder = await market.StartFinderAsync();

        var times = new List<long>();
        await foreach (var relay in finder.FindAsync(Token))
        {
            times.Add(clock.ElapsedMilliseconds);
        }

        Assert.Equal(3, times.Count);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"relays found after {string.Join(", ", times)} ms, search ended after {clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task ChangedRecord_IsFollowed()
    {
        await using var network = await DhtNetwork.StartAsync(10);
        await using var market = new TestMarket([network.WayIn]);
        var finder = await market.StartFinderAsync();
        var relay = await market.StartRelayAsync();
        var first = (await FindAsync(finder, 1))[relay.Id];
        await Eventually.IsTrueAsync(() => relay.Announcer.Announcement.StoredCopies > 0);

        relay.Record = relay.Record with { Price = new PricePerMegabyte(5) };
        relay.Announcer.Refresh();
        await Eventually.IsTrueAsync(() => relay.Announcer.Current!.Seq > first.Signed.Seq);

        var direct = await FindAsync(finder, 1, relay => relay.Source == RelaySource.Direct);
        Assert.Equal(new PricePerMegabyte(5), direct[relay.Id].Record.Price);
        var published = relay.Announcer.Announcement.PublishedAt;
        await Eventually.IsTrueAsync(() => relay.Announcer.Announcement.PublishedAt >= published);
        Assert.Equal(new PricePerMegabyte(5), (await finder.FindAsync(relay.Id, Token))!.Record.Price);
    }

    [Fact]
    public async Task RelayGone_ItsRecordIsStillInTheDht()
    {
        await using var network = await DhtNetwork.StartAsync(10);
        await using var market = new TestMarket([network.WayIn]);
        var relay = await market.StartRelayAsync();
        await Eventually.IsTrueAsync(() => relay.Announcer.Announcement.StoredCopies >= 8);
        await relay.DisposeAsync();

        var finder = await market.StartFinderAsync();
        var found = await finder.FindAsync(relay.Id, Token);

        Assert.Equal(relay.Announcer.Current, found!.Signed);
        Assert.Equal(RelaySource.Dht, found.Source);
    }

    [Fact]
    public async Task NoDht_CacheOfTheLastRunIsUsed()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var cache = new RelayCacheOptions { Path = Path.Combine(directory.FullName, "relays.json") };
            RelayId id;
            await using (var network = await DhtNetwork.StartAsync(10))
            {
                await using var market = new TestMarket([network.WayIn]);
                id = (await market.StartRelayAsync()).Id;
                await FindAsync(await market.StartFinderAsync(cache), 1);
            }

            await using var blocked = new TestMarket([]);
            var finder = await blocked.StartFinderAsync(cache, new RelayFinderOptions { DhtPatience = TimeSpan.Zero });

            var found = (await FindAsync(finder, 1))[id];
            Assert.Equal(RelaySource.Cache, found.Source);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task LiarsAtTheRendezvous_AreRefusedAndTheRelayIsFound()
    {
        await using var network = await DhtNetwork.StartAsync(10);
        await using var market = new TestMarket([network.WayIn]);
        using var identity = RelayIdentity.Generate();
        var honest = AnnouncedRelay.CreateRecord(identity);
        var shard = Rendezvous.Shard(identity.Id);
        await LieAsync(Sign(identity, honest with { ChainId = 8 }));
        await LieAsync(Sign(identity, honest with { Contract = TestMarket.Market.Token }));
        await LieAsync(Sign(identity, honest with { IssuedAt = honest.IssuedAt - 7200 }));
        await LieAsync(Sign(identity, honest) with { Signature = new byte[RelayIdentity.SignatureLength] });
        await LieAsync(null);
        var relay = await market.StartRelayAsync();
        await Eventually.IsTrueAsync(() => relay.Announcer.Announcement.StoredCopies > 0);
        var finder = await market.StartFinderAsync();

        var found = await FindAsync(finder, 1);

        Assert.Equal(relay.Id, Assert.Single(found).Key);
        Assert.Equal(
            [RecordVerdict.WrongChain, RecordVerdict.WrongContract, RecordVerdict.Expired],
            finder.Report.Rejected.Keys.Order());
        Assert.Equal(2, finder.Report.Silent);

        async Task LieAsync(SignedRelayRecord? record)
        {
            var liar = await market.StartNodeAsync();
            await liar.BootstrapAsync(Token);
            if (record is not null)
            {
                var salt = Encoding.ASCII.GetBytes(ProtocolConstants.RecordSalt);
                var item = DhtMutableItem.Sign(record.Id.Value.ToArray(), _ => record.Signature.ToArray(), salt, record.Seq, record.Value);
                liar.Serve(new DhtNodeId(Rendezvous.SelfTarget()), () => item);
            }

            var place = RendezvousSchedule.At(TestMarket.Market.Network, shard, Rendezvous.Epoch(TimeProvider.System.GetUtcNow()));
            Assert.True(await liar.AnnounceAsync(place, null, Token) > 0);
        }
    }

    internal static async Task<Dictionary<RelayId, FoundRelay>> FindAsync(RelayFinder finder, int count, Func<FoundRelay, bool>? which = null)
    {
        var found = new Dictionary<RelayId, FoundRelay>();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        while (found.Count < count)
        {
            await foreach (var relay in finder.FindAsync(deadline.Token))
            {
                if (which?.Invoke(relay) ?? true)
                {
                    found[relay.Signed.Id] = relay;
                }
            }
        }

        return found;
    }

    private static SignedRelayRecord Sign(RelayIdentity identity, RelayRecord record) =>
        SignedRelayRecord.Create(identity, record, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
}
