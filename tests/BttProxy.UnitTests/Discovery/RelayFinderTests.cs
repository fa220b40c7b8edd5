using System.Net;
using BttProxy.BitTorrent;
using BttProxy.Discovery.Announcing;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Finding;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Discovery;

public sealed class RelayFinderTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly FakeRelayDht _dht = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnnouncedRelays_AreFoundInAllShards()
    {
        var relays = Enumerable.Range(0, 12).Select(i => Announce(new TestRelay(_time, $"8.8.{i}.8"))).ToList();
        var (finder, cache) = await CreateAsync();

        var found = await FindAllAsync(finder);

        Assert.Equal(relays.Select(relay => relay.Id).Order(), found.Select(relay => relay.Signed.Id).Order());
        Assert.All(found, relay => Assert.Equal(RelaySource.Direct, relay.Source));
        Assert.Equal(12, cache.Relays().Count);
        Assert.Equal(DiscoveryOutcome.Found, finder.Report.Outcome);
    }

    [Fact]
    public async Task BadRecords_AreRejectedEachWithItsReason()
    {
        using var good = Announce(new TestRelay(_time, "8.8.1.8"));
        Answer(9, _ => new TestRelay(_time).Sign() with { Signature = new byte[64] });
        Answer(10, relay => relay.Sign() with { Value = new byte[2000] });
        Answer(11, relay => relay.Sign(record => record with { ChainId = 5 }));
        Answer(12, relay => relay.Sign(record => record with { Contract = TestRelay.Token }));
        Answer(13, relay => relay.Sign(record => record with { Token = TestRelay.Contract }));
        Answer(14, relay => relay.Sign(record => record with { IssuedAt = record.IssuedAt - 3600 }));
        Answer(15, relay => relay.Sign(record => record with { IssuedAt = record.IssuedAt + 3600 }));
        Answer(16, relay => relay.Sign(record => record with { Endpoints = [new RelayEndpoint(IPAddress.Loopback, 443)] }));
        var (finder, _) = await CreateAsync();

        var found = Assert.Single(await FindAllAsync(finder));

        Assert.Equal(good.Id, found.Signed.Id);
        RecordVerdict[] expected =
        [
            RecordVerdict.BadSignature, RecordVerdict.Oversized, RecordVerdict.WrongChain, RecordVerdict.WrongContract,
            RecordVerdict.WrongToken, RecordVerdict.Expired, RecordVerdict.FromTheFuture, RecordVerdict.NoUsableEndpoint,
        ];
        Assert.Equal(expected.ToDictionary(verdict => verdict, _ => 1), finder.Report.Rejected);
    }

    [Fact]
    public async Task ReplayedOldRecord_IsRejectedAndTheNewOneStays()
    {
        using var relay = new TestRelay(_time, "8.8.1.8");
        var old = relay.Sign();
        relay.Seq += 1000;
        var (finder, cache) = await CreateAsync();
        cache.Remember(relay.Sign(), relay.Record);
        Announce(relay, old);

        var found = Assert.Single(await FindAllAsync(finder));

        Assert.Equal(relay.Seq, found.Signed.Seq);
        Assert.Equal(RelaySource.Cache, found.Source);
        Assert.Equal(1, finder.Report.Rejected[RecordVerdict.Replayed]);
    }

    [Fact]
    public async Task ChangedRecord_ComesAgainAfterTheCachedOne()
    {
        using var relay = new TestRelay(_time, "8.8.1.8");
        var (finder, cache) = await CreateAsync();
        cache.Remember(relay.Sign(), relay.Record);
        relay.Seq++;
        Announce(relay);

        var found = await FindAllAsync(finder);

        Assert.Equal([relay.Seq - 1, relay.Seq], found.Select(version => version.Signed.Seq));
        Assert.Equal([RelaySource.Cache, RelaySource.Direct], found.Select(version => version.Source));
    }

    [Fact]
    public async Task ManyRelaysOfOneBlock_GetOnePlace()
    {
        for (var i = 1; i <= 5; i++)
        {
            Announce(new TestRelay(_time, $"8.8.8.{i}"));
        }

        var (finder, _) = await CreateAsync();

        Assert.Single(await FindAllAsync(finder));
        Assert.Equal(4, finder.Report.SameSubnet);
    }

    [Fact]
    public async Task BannedRelay_IsNotFound()
    {
        using var relay = Announce(new TestRelay(_time, "8.8.1.8"));
        _dht.Stored[relay.Id] = relay.Sign();
        var (finder, cache) = await CreateAsync(new RelayFinderOptions { SearchTime = TimeSpan.FromMilliseconds(1) });
        await cache.BanAsync(relay.Id, Token);

        Assert.Empty(await FindAllAsync(finder, advance: true));
        Assert.Null(await finder.FindAsync(relay.Id, Token));
        Assert.Equal(1, finder.Report.Rejected[RecordVerdict.Banned]);
    }

    [Fact]
    public async Task EnoughRelays_StopTheSearch()
    {
        for (var i = 0; i < 64; i++)
        {
            Announce(new TestRelay(_time, $"8.{i}.8.8"));
        }

        var (finder, _) = await CreateAsync(new RelayFinderOptions { ShardsAtOnce = 1, Enough = 1 });

        var found = await FindAllAsync(finder);

        Assert.All(found, relay => Assert.Equal(Rendezvous.Shard(found[0].Signed.Id), Rendezvous.Shard(relay.Signed.Id)));
        Assert.NotEmpty(found);
    }

    [Fact]
    public async Task FloodedRendezvous_CostsABoundedNumberOfQuestions()
    {
        var place = RendezvousSchedule.At(TestRelay.Market.Network, 3, Rendezvous.Epoch(_time.GetUtcNow()));
        _dht.Rendezvous[place] = new(Enumerable.Range(1, 5000).Select(port => new IPEndPoint(IPAddress.Parse("8.8.8.8"), port)));
        var (finder, _) = await CreateAsync(new RelayFinderOptions { MaxQuestions = 50 });

        Assert.Empty(await FindAllAsync(finder, advance: true));

        Assert.Equal(50, _dht.Asked.Count);
    }

    [Fact]
    public async Task RelayWithAClockAhead_IsFoundAtTheNeighbouringEpoch()
    {
        using var relay = new TestRelay(_time, "8.8.1.8");
        Announce(relay, relay.Sign(), Rendezvous.Epoch(_time.GetUtcNow()) + 1);
        var (finder, _) = await CreateAsync();
        _time.SetUtcNow(new DateTimeOffset(2026, 11, 23, 11, 55, 0, TimeSpan.Zero));
        relay.Record = relay.Record with { IssuedAt = (ulong)_time.GetUtcNow().ToUnixTimeSeconds() };
        _dht.Answers[Socket(relay)] = relay.Sign();

        Assert.Single(await FindAllAsync(finder));
    }

    [Fact]
    public async Task ExpiredCacheEntry_IsFollowedToItsNewRecord()
    {
        using var relay = new TestRelay(_time, "8.8.1.8");
        var (finder, cache) = await CreateAsync();
        cache.Remember(relay.Sign(), relay.Record);
        _time.Advance(TimeSpan.FromDays(2));
        relay.Seq = _time.GetUtcNow().ToUnixTimeMilliseconds();
        relay.Record = relay.Record with { IssuedAt = (ulong)_time.GetUtcNow().ToUnixTimeSeconds() };
        _dht.Stored[relay.Id] = relay.Sign();

        var found = Assert.Single(await FindAllAsync(finder));

        Assert.Equal(RelaySource.Dht, found.Source);
        Assert.False(found.IsExpired);
    }

    [Fact]
    public async Task SilentDht_LeavesTheExpiredCacheEntryAndSaysWhy()
    {
        using var relay = new TestRelay(_time, "8.8.1.8");
        _dht.NodeCount = 0;
        var (finder, cache) = await CreateAsync();
        cache.Remember(relay.Sign(), relay.Record);
        _time.Advance(TimeSpan.FromDays(2));

        var found = Assert.Single(await FindAllAsync(finder, advance: true));

        Assert.True(found.IsExpired);
        Assert.Equal(DiscoveryOutcome.OnlyExpired, finder.Report.Outcome);
    }

    [Theory]
    [InlineData(0, 0, DiscoveryOutcome.DhtSilent)]
    [InlineData(4, 8, DiscoveryOutcome.BootstrapOnly)]
    [InlineData(40, 8, DiscoveryOutcome.NobodyAnnounced)]
    public async Task NothingFound_SaysWhy(int nodes, int bootstrapNodes, DiscoveryOutcome expected)
    {
        _dht.NodeCount = nodes;
        var (finder, _) = await CreateAsync(new RelayFinderOptions { BootstrapNodes = bootstrapNodes });

        Assert.Empty(await FindAllAsync(finder, advance: true));

        Assert.Equal(expected, finder.Report.Outcome);
        Assert.EndsWith(".", finder.Report.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnnouncedButSilent_SaysSo()
    {
        using var relay = Announce(new TestRelay(_time, "8.8.1.8"));
        _dht.Answers.Clear();
        var (finder, _) = await CreateAsync();

        Assert.Empty(await FindAllAsync(finder, advance: true));

        Assert.Equal(DiscoveryOutcome.NobodyAnswered, finder.Report.Outcome);
    }

    [Fact]
    public async Task RelayThatStartsLater_IsFoundByTheSameSearch()
    {
        var (finder, _) = await CreateAsync();
        using var relay = new TestRelay(_time, "8.8.1.8");
        var searching = FindAllAsync(finder);
        while (_dht.LookedUp.Count < Rendezvous.ShardCount)
        {
            await Task.Delay(1, Token);
        }

        Announce(relay);
        while (!searching.IsCompleted)
        {
            // The pause between two rounds; less than the time that the search has in all.
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, Token);
        }

        Assert.Single(await searching);
    }

    [Fact]
    public async Task KnownRelay_IsFollowedById()
    {
        using var relay = new TestRelay(_time, "8.8.1.8");
        using var other = new TestRelay(_time, "8.8.2.8");
        var (finder, cache) = await CreateAsync();

        Assert.Null(await finder.FindAsync(relay.Id, Token));

        _dht.Stored[relay.Id] = relay.Sign();
        Assert.Equal(RelaySource.Dht, (await finder.FindAsync(relay.Id, Token))!.Source);

        _dht.Stored[relay.Id] = other.Sign();
        Assert.Equal(RelaySource.Cache, (await finder.FindAsync(relay.Id, Token))!.Source);
        Assert.Equal(1, finder.Report.Rejected[RecordVerdict.WrongRelay]);

        Assert.Equal(relay.Id, Assert.Single(cache.Relays()).Signed.Id);
    }

    [Fact]
    public async Task CallerThatStopsEarly_EndsTheSearch()
    {
        for (var i = 0; i < 5; i++)
        {
            Announce(new TestRelay(_time, $"8.8.{i}.8"));
        }

        var (finder, _) = await CreateAsync();

        await foreach (var _ in finder.FindAsync(Token))
        {
            break;
        }

        Assert.True(finder.Report.Found >= 1);
    }

    private static IPEndPoint Socket(TestRelay relay) => new(relay.Record.Endpoints[0].Address, 6881);

    private TestRelay Announce(TestRelay relay) => Announce(relay, relay.Sign());

    private TestRelay Announce(TestRelay relay, SignedRelayRecord answer) => Announce(relay, answer, Rendezvous.Epoch(_time.GetUtcNow()));

    private TestRelay Announce(TestRelay relay, SignedRelayRecord answer, long epoch)
    {
        var socket = Socket(relay);
        _dht.Answers[socket] = answer;
        _dht.Rendezvous.GetOrAdd(RendezvousSchedule.At(TestRelay.Market.Network, Rendezvous.Shard(relay.Id), epoch), _ => new()).Enqueue(socket);
        return relay;
    }

    private void Answer(int block, Func<TestRelay, SignedRelayRecord> answer)
    {
        using var relay = new TestRelay(_time, $"8.8.{block}.8");
        Announce(relay, answer(relay));
    }

    private async Task<(RelayFinder Finder, RelayCache Cache)> CreateAsync(RelayFinderOptions? options = null)
    {
        var cache = await RelayCache.OpenAsync(new RelayCacheOptions(), _time, NullLoggerFactory.Instance, Token);
        return (new RelayFinder(_dht, cache, TestRelay.Market, new ConnectGuard(new ConnectGuardOptions()), options ?? new RelayFinderOptions(), _time), cache);
    }

    private async Task<List<FoundRelay>> FindAllAsync(RelayFinder finder, bool advance = false)
    {
        var finding = finder.FindAsync(Token).ToListAsync(Token).AsTask();
        while (advance && !finding.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(1, Token);
        }

        return await finding;
    }
}
