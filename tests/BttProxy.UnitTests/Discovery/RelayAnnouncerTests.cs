using System.Diagnostics.Metrics;
using BttProxy.Discovery.Announcing;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Tunnel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Discovery;

public sealed class RelayAnnouncerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeLogCollector _logs = new();
    private readonly FakeRelayDht _dht = new();
    private readonly TestRelay _relay;
    private readonly RelayAnnouncer _announcer;

    public RelayAnnouncerTests()
    {
        _relay = new TestRelay(_time);
        var loggers = LoggerFactory.Create(builder => builder.AddProvider(new FakeLoggerProvider(_logs)));
        _announcer = new RelayAnnouncer(
            _dht, _relay.Identity, () => _relay.Record, TestRelay.Market, new RelayAnnouncerOptions { AnnounceJitter = 0 }, _time, loggers);
    }

    [Fact]
    public async Task Start_PublishesAnnouncesAndAnswers()
    {
        _announcer.Start();
        await UntilAsync(() => _announcer.Announcement.StoredCopies > 0);

        Assert.Equal(_announcer.Current, _dht.Stored[_relay.Id]);
        Assert.Equal(_announcer.Current, _dht.Self);
        Assert.Equal(20, _announcer.Announcement.StoredCopies);
        Assert.Equal([At(_time.GetUtcNow())], _dht.Announced);
    }

    [Fact]
    public async Task NoDhtYet_AnswersAtOnceAndAnnouncesWhenItIsUp()
    {
        _dht.NodeCount = 0;
        _announcer.Start();
        Assert.NotNull(_dht.Self);
        Assert.Empty(_dht.Announced);

        _dht.NodeCount = 1;
        await UntilAsync(() => !_dht.Put.IsEmpty, TimeSpan.FromMilliseconds(100));

        Assert.NotEmpty(_dht.Announced);
    }

    [Fact]
    public async Task ChangedPrice_IsPublishedWithAHigherSeq()
    {
        _announcer.Start();
        await UntilAsync(() => _announcer.Announcement.StoredCopies > 0);
        var first = _announcer.Current!;

        _relay.Record = _relay.Record with { Price = new PricePerMegabyte(7) };
        _announcer.Refresh();
        await UntilAsync(() => _dht.Stored[_relay.Id].Seq > first.Seq);

        Assert.True(_dht.Stored[_relay.Id].TryVerify(out var record, out _));
        Assert.Equal(new PricePerMegabyte(7), record.Price);
        Assert.Equal(_announcer.Current, _dht.Self);
    }

    [Fact]
    public async Task ChangedLoadAlone_WaitsForTheRenewal()
    {
        _announcer.Start();
        await UntilAsync(() => _announcer.Announcement.StoredCopies > 0);
        var first = _announcer.Current!;

        _relay.Record = _relay.Record with { Load = 50 };
        await UntilAsync(() => _announcer.Current!.Seq > first.Seq, TimeSpan.FromSeconds(10));

        // A third of the time to live of an hour.
        Assert.True(_announcer.Current!.Seq - first.Seq >= TimeSpan.FromMinutes(20).TotalMilliseconds);
    }

    [Fact]
    public async Task LongRun_AnnouncesNoOftenerThanEvery20Minutes()
    {
        _announcer.Start();
        await UntilAsync(() => _dht.Announced.Count == 5, TimeSpan.FromSeconds(1));
        for (var count = 6; count < 12; count++)
        {
            var last = _announcer.Announcement.AnnouncedAt;
            await UntilAsync(() => _dht.Announced.Count == count && _announcer.Announcement.AnnouncedAt != last, TimeSpan.FromSeconds(10));

            Assert.InRange(_announcer.Announcement.AnnouncedAt!.Value - last!.Value, TimeSpan.FromMinutes(20), TimeSpan.FromHours(1));
        }

        Assert.Equal(At(_time.GetUtcNow()), Assert.Single(_dht.Announced.Distinct()));
    }

    [Fact]
    public async Task LastHourOfAnEpoch_AnnouncesAtTheNextOneToo()
    {
        _time.SetUtcNow(new DateTimeOffset(2026, 11, 23, 11, 30, 0, TimeSpan.Zero));
        _announcer.Start();
        await UntilAsync(() => _announcer.Announcement.AnnouncedTo > 0);

        Assert.Equal([At(_time.GetUtcNow()), At(_time.GetUtcNow().AddHours(6))], _dht.Announced);
    }

    [Fact]
    public async Task NetworkHoldsANewerRecord_IsOvertaken()
    {
        _relay.Seq += 1_000_000;
        _dht.Stored[_relay.Id] = _relay.Sign();

        _announcer.Start();
        await UntilAsync(() => _announcer.Announcement.StoredCopies > 0);

        Assert.Equal(_relay.Seq + 1, _announcer.Current!.Seq);
        Assert.Equal(_announcer.Current, _dht.Stored[_relay.Id]);
        Assert.Contains(_logs.GetSnapshot(), log => log.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task NobodyStores_IsAWarningWithARemedy()
    {
        _dht.Copies = 0;
        _announcer.Start();

        await UntilAsync(() => _logs.GetSnapshot().Any(log => log.Level == LogLevel.Warning && log.Message.Contains("UDP", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task PublishedRecord_IsCounted()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var copies = new MetricCollector<int>(meters, "BttProxy", "bttproxy.dht.store.copies");
        using var announcements = new MetricCollector<long>(meters, "BttProxy", "bttproxy.discovery.announcements");
        await using var announcer = new RelayAnnouncer(
            _dht, _relay.Identity, () => _relay.Record, TestRelay.Market, new RelayAnnouncerOptions(), _time, NullLoggerFactory.Instance, meters);

        announcer.Start();
        await UntilAsync(() => copies.LastMeasurement is not null);

        Assert.Equal(20, copies.LastMeasurement!.Value);
        Assert.Equal(1, announcements.LastMeasurement!.Value);
    }

    [Fact]
    public void RecordThatCannotBePublished_FailsTheStart()
    {
        _relay.Record = _relay.Record with { ServerName = "no spaces please" };

        Assert.Throws<ArgumentException>(_announcer.Start);
    }

    public async ValueTask DisposeAsync()
    {
        await _announcer.DisposeAsync();
        _relay.Dispose();
    }

    private BttProxy.BitTorrent.InfoHash At(DateTimeOffset time) =>
        RendezvousSchedule.At(TestRelay.Market.Network, Rendezvous.Shard(_relay.Id), Rendezvous.Epoch(time));

    private async Task UntilAsync(Func<bool> condition, TimeSpan step = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            _time.Advance(step);
            await Task.Delay(1, limit.Token);
        }
    }
}
