using System.Diagnostics.Metrics;
using BttProxy.Discovery.Announcing;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
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
            _dht, Signer, TestRelay.Market, new RelayAnnouncerOptions { AnnounceJitter = 0 }, _time, loggers);
    }

    [Fact]
    public async Task Start_PublishesAnnouncesAndAnswers()
    {
        await _announcer.StartAsync(TestContext.Current.CancellationToken);
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
        await _announcer.StartAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(_dht.Self);
        Assert.Empty(_dht.Announced);

        _dht.NodeCount = 1;
        await UntilAsync(() => !_dht.Put.IsEmpty, TimeSpan.FromMilliseconds(100));

        Assert.NotEmpty(_dht.Announced);
    }

    [Fact]
    public async Task ChangedPrice_IsPublishedWithAHigherSeq()
    {
        await _announcer.StartAsync(TestContext.Current.CancellationToken);
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
        await _announcer.StartAsync(TestContext.Current.CancellationToken);
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
        await _announcer.StartAsync(TestContext.Current.CancellationToken);
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
        await _announcer.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => _announcer.Announcement.AnnouncedTo > 0);

        Assert.Equal([At(_time.GetUtcNow()), At(_time.GetUtcNow().AddHours(6))], _dht.Announced);
    }

    [Fact]
    public async Task NetworkHoldsANewerRecord_IsOvertaken()
    {
        _relay.Seq += 1_000_000;
        _dht.Stored[_relay.Id] = _relay.Sign();

        await _announcer.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => _announcer.Announcement.StoredCopies > 0);

        Assert.Equal(_relay.Seq + 1, _announcer.Current!.Seq);
        Assert.Equal(_announcer.Current, _dht.Stored[_relay.Id]);
        Assert.Contains(_logs.GetSnapshot(), log => log.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task NobodyStores_IsAWarningWithARemedy()
    {
        _dht.Copies = 0;
        await _announcer.StartAsync(TestContext.Current.CancellationToken);

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
            _dht, Signer, TestRelay.Market, new RelayAnnouncerOptions(), _time, NullLoggerFactory.Instance, meters);

        await announcer.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => copies.LastMeasurement is not null);

        Assert.Equal(20, copies.LastMeasurement!.Value);
        Assert.Equal(1, announcements.LastMeasurement!.Value);
    }

    [Fact]
    public async Task RecordThatCannotBePublished_FailsTheStart()
    {
        _relay.Record = _relay.Record with { ServerName = "no spaces please" };

        await Assert.ThrowsAsync<ArgumentException>(() => _announcer.StartAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RecordThatIsTakenAway_IsNotShownUntilItIsBack()
    {
        var source = new SwitchedSource(Signer);
        await using var announcer = new RelayAnnouncer(
            _dht, source, TestRelay.Market, new RelayAnnouncerOptions(), _time, NullLoggerFactory.Instance);
        await announcer.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => announcer.Announcement.StoredCopies > 0);

        source.IsOn = false;
        await UntilAsync(() => _dht.Self is null, TimeSpan.FromSeconds(1));
        var (announced, put) = (_dht.Announced.Count, _dht.Put.Count);
        for (var minute = 0; minute < 60; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.Equal(RelayAnnouncement.None, announcer.Announcement);
        Assert.Equal((announced, put), (_dht.Announced.Count, _dht.Put.Count));

        source.IsOn = true;
        await UntilAsync(() => announcer.Announcement.StoredCopies > 0, TimeSpan.FromSeconds(1));
        Assert.NotNull(_dht.Self);
        Assert.True(_dht.Announced.Count > announced);
    }

    [Fact]
    public async Task NewerRecordOfSomebodyElse_DoesNotMoveOurs()
    {
        using var other = new TestRelay(_time);
        other.Seq = long.MaxValue - 1;
        var signer = Signer;
        var before = signer.Current;

        await signer.OvertakeAsync(other.Sign(), TestContext.Current.CancellationToken);
        await signer.OvertakeAsync(before with { Seq = before.Seq + 5 }, TestContext.Current.CancellationToken);

        Assert.Equal(before, signer.Current);
    }

    public async ValueTask DisposeAsync()
    {
        await _announcer.DisposeAsync();
        _relay.Dispose();
    }

    private RecordSigner Signer => new(_relay.Identity, () => _relay.Record, _time);

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

    private sealed class SwitchedSource(RecordSigner signer) : IRecordSource
    {
        public bool IsOn { get; set; } = true;

        public ValueTask<SignedRelayRecord?> CurrentAsync(CancellationToken cancellationToken) =>
            IsOn ? signer.CurrentAsync(cancellationToken) : default;

        public ValueTask OvertakeAsync(SignedRelayRecord newer, CancellationToken cancellationToken) => signer.OvertakeAsync(newer, cancellationToken);
    }
}
