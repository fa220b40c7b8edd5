using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Cache;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Discovery;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Reloading;
using BttProxy.Relay.Routing;
using BttProxy.Relay.Settlement;
using BttProxy.Relay.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using LabelValue = BttProxy.Relay.Observability.LabelValue;

namespace BttProxy.UnitTests.Relay.Observability;

/// <summary>Everything that measures is made and called with every value it can be given; what comes out must be in the one list.</summary>
public sealed partial class InstrumentsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, Instrument> _instruments = [];
    private readonly List<string> _violations = [];
    private readonly FakeTimeProvider _time = new();

    public InstrumentsTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                _instruments.TryAdd(instrument.Name, instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, labels, _) => Check(instrument, labels));
        _listener.SetMeasurementEventCallback<int>((instrument, _, labels, _) => Check(instrument, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, _, labels, _) => Check(instrument, labels));
        _listener.Start();
    }

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task EveryInstrumentAndLabel_IsInTheList()
    {
        MeasureRelay();
        MeasureSwarm();
        MeasureBackup();
        MeasureRouting();
        using var loop = new IdleTorrentSweeper(null!, _time);
        LoopGauge.Observe(() => [loop], Meters);
        await using var dht = new DhtNode(
            new DhtNodeOptions { ListenEndPoint = new(System.Net.IPAddress.Loopback, 0), Guard = new ConnectGuard(new ConnectGuardOptions()) },
            _time, NullLoggerFactory.Instance, Meters);
        _listener.RecordObservableInstruments();

        Assert.Empty(_violations);

        // These are looked up in a running gateway; the functional test of the endpoint sees them.
        string[] ofGateway =
        [
            "bttproxy.relay.price", "bttproxy.relay.quota.used", "bttproxy.relay.quota.limit", "bttproxy.relay.hibernating",
            "bttproxy.cert.expiry.timestamp", "bttproxy.chain.fresh",
        ];
        Assert.Equal(Instruments.All.Select(rule => rule.Name).Except(ofGateway).Order(), _instruments.Keys.Order());
        foreach (var (name, instrument) in _instruments)
        {
            var rule = Instruments.Find(name)!;
            Assert.Equal((name, rule.Unit, rule.Kind), (name, instrument.Unit, KindOf(instrument)));
            Assert.False(string.IsNullOrEmpty(instrument.Description), name);
        }
    }

    [Fact]
    public void ListedLabels_AreShortWordsOfClosedSets()
    {
        foreach (var rule in Instruments.All)
        {
            Assert.All(rule.Labels, label =>
            {
                Assert.Matches("^[a-z_]{2,12}$", label.Key);
                Assert.All(label.Value, value => Assert.Matches(Word(), value));
                Assert.Equal(label.Value.Count, label.Value.Distinct().Count());
            });
        }

        Assert.Equal(Instruments.All.Count, Instruments.All.Select(rule => rule.PrometheusName).Distinct().Count());
    }

    [Fact]
    public void SetsOfOtherProjects_AreWholeInTheList()
    {
        AssertSet<DropReason>("bttproxy.swarm.connections_ended", "reason");
        AssertSet<DialResult>("bttproxy.swarm.dial", "result");
        AssertSet<KrpcResult>("bttproxy.dht.query", "result");
        Assert.Equal(
            LabelValue.All<KrpcMethod>().Except([LabelValue.Of(KrpcMethod.Unknown)]).Order(), Instruments.Find("bttproxy.dht.query")!.Labels["type"].Order());
    }

    [Theory]
    [InlineData("bttproxy.relay.response.body.size", "bttproxy_relay_response_body_size_bytes_total")]
    [InlineData("bttproxy.voucher.check.duration", "bttproxy_voucher_check_duration_seconds")]
    [InlineData("bttproxy.relay.earnings", "bttproxy_relay_earnings_total")]
    [InlineData("bttproxy.overload", "bttproxy_overload")]
    public void PrometheusName_HasTheUnitAndTheKind(string name, string expected) =>
        Assert.Equal(expected, Instruments.Find(name)!.PrometheusName);

    [Fact]
    public void Series_AreAllCombinationsOfTheLabels()
    {
        Assert.Equal(8, Instruments.Find("bttproxy.relay.response.body.size")!.Series().Count());
        Assert.Empty(Assert.Single(Instruments.Find("bttproxy.swarm.sent.size")!.Series()));
    }

    private static void AssertSet<T>(string name, string label)
        where T : struct, Enum => Assert.Equal(LabelValue.All<T>().Order(), Instruments.Find(name)!.Labels[label].Order());

    private static InstrumentKind KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> or Counter<double> or ObservableCounter<long> => InstrumentKind.Counter,
        UpDownCounter<long> => InstrumentKind.UpDownCounter,
        Histogram<double> => InstrumentKind.Histogram,
        _ => InstrumentKind.Gauge,
    };

    private void Check(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var rule = Instruments.Find(instrument.Name);
        foreach (var label in labels)
        {
            if (rule is null || !rule.Labels.TryGetValue(label.Key, out var values) || label.Value is not string value || !values.Contains(value))
            {
                _violations.Add($"{instrument.Name}{{{label.Key}={label.Value}}}");
            }
        }

        if (labels.Length != rule?.Labels.Count)
        {
            _violations.Add($"{instrument.Name} has {labels.Length} labels");
        }
    }

    private void MeasureRelay()
    {
        var relay = new RelayMetrics(Meters);
        foreach (var transport in new[] { "h1", "h2" })
        {
            relay.StreamStarted(transport);
            Array.ForEach(Enum.GetValues<ResponseOutcome>(), outcome => relay.StreamEnded(transport, outcome, 1));
        }

        Array.ForEach(Enum.GetValues<ContentSource>(), source => relay.FirstByte(default, source));
        Array.ForEach(Enum.GetValues<StallPhase>(), phase => relay.Stalled(phase, default));
        Array.ForEach(Enum.GetValues<ContentRefusal>(), relay.ContentRefused);
        Array.ForEach(Enum.GetValues<SessionRejection>(), relay.SessionRejected);
        Array.ForEach(Enum.GetValues<OverloadCause>(), cause => relay.WatchOverload(cause, () => true));
        foreach (var yes in new[] { false, true })
        {
            relay.VoucherChecked(default, yes);
            relay.CreditWaited(default, yes);
            relay.LeftUnpaid(1, yes);
        }

        relay.Paid(1, new TokenAmount(1));
        relay.Forgiven(1);
        relay.SessionOpened();
        relay.SessionClosed();
        relay.TokenRejected("format");
        relay.LedgerFailed();
        Array.ForEach(Enum.GetValues<ReloadResult>(), relay.Reloaded);
        var settlement = new SettlementMetrics(Meters, relay, _time);
        settlement.Settled(new TokenAmount(1));
        settlement.Lost(new TokenAmount(1));
        settlement.Refused();
        settlement.Reconciled(new ReconcileReport(1, 1, 1, 1));
        Array.ForEach(Enum.GetValues<ClaimTransactionState>(), state => settlement.Ended(new ClaimTransactionEnd(state, null, 0, 1)));
    }

    private void MeasureSwarm()
    {
        var swarm = new SwarmMetrics(Meters);
        swarm.BlockReceived(1);
        swarm.DuplicateReceived(1);
        swarm.ProtocolReceived(1);
        swarm.PieceHashed(good: true, 1);
        swarm.PieceHashed(good: false, 1);
        swarm.Sent(1);
        swarm.DialStarted();
        swarm.PeerConnected();
        Array.ForEach(Enum.GetValues<DialResult>(), swarm.DialEnded);
        Array.ForEach(Enum.GetValues<ConnectRefusal>(), swarm.ExitDenied);
        Array.ForEach(Enum.GetValues<DropReason>(), swarm.PeerRefused);
        Array.ForEach(Enum.GetValues<DropReason>(), swarm.PeerDropped);
        var cache = new CacheMetrics(Meters, new CacheBudget(2, 1), () => new CacheUsage(1, 1, 1, 1));
        Array.ForEach(Enum.GetValues<EvictionReason>(), reason => cache.Evicted(reason, 1));
        DiskMetrics.Observe(new DiskFloor(Path.GetTempPath(), 1, 1, _ => 5, NullLogger.Instance), Meters);
        var discovery = new DiscoveryMetrics(Meters);
        discovery.Published(1);
        discovery.Announced(1);
    }

    private void MeasureRouting()
    {
        var routing = new RoutingMetrics(Meters);
        routing.Resumed();
        routing.Lost();
    }

    private void MeasureBackup()
    {
        var backup = new BackupMetrics(Meters, Enum.GetValues<BackupTargetKind>(), _time);
        foreach (var target in Enum.GetValues<BackupTargetKind>())
        {
            backup.Failed(target);
            backup.Succeeded(target, new VoucherBackup.Outcome([], [], [], 0), _time.GetTimestamp());
        }
    }

    [GeneratedRegex("^([a-z][a-z0-9_]{0,29}|BTT)$")]
    private static partial Regex Word();
}
