using System.Diagnostics.Metrics;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

public sealed class VoucherBackupWorkerTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("bttproxy-backup-");
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<VoucherBackupWorker> _log = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BackupKeys _keys;

    public VoucherBackupWorkerTests()
    {
        using var key = Secp256k1Key.Generate();
        _keys = BackupKeys.Derive(key, Domain);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string BackupDirectory => Path.Join(_root.FullName, "backup");

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose()
    {
        _keys.Dispose();
        _services.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task TargetThatIsGone_IsCountedSaidAndTriedAgain()
    {
        await using var ledger = await OpenLedgerAsync(Path.Join(_root.FullName, "ledger"), _time, Token);
        await ledger.EarnAsync(Entry(1, 5), Token);
        using var failures = new MetricCollector<long>(Meters, "BttProxy", "bttproxy.backup.failures");
        using var channels = new MetricCollector<long>(Meters, "BttProxy", "bttproxy.backup.channels");
        using var age = new MetricCollector<double>(Meters, "BttProxy", "bttproxy.backup.age");
        using var worker = Worker(ledger);

        await worker.StartAsync(Token);
        _time.Advance(Interval);
        await failures.WaitForMeasurementsAsync(1, Token);
        Assert.Contains("mount its volume", _log.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Warning, _log.LatestRecord.Level);

        Directory.CreateDirectory(BackupDirectory);
        _time.Advance(Interval);
        await channels.WaitForMeasurementsAsync(1, Token);
        age.RecordObservableInstruments();

        Assert.Equal(1, channels.LastMeasurement!.Value);
        Assert.Equal("directory", channels.LastMeasurement.Tags["target"]);
        Assert.Equal(0, age.LastMeasurement!.Value);
        await worker.StopAsync(Token);
        Assert.Equal([Entry(1, 5)], (await Target().ReadAsync(Token)).Entries);
    }

    [Fact]
    public async Task EarnedSinceTheLastRound_IsBackedUpOnStop()
    {
        Directory.CreateDirectory(BackupDirectory);
        await using var ledger = await OpenLedgerAsync(Path.Join(_root.FullName, "ledger"), _time, Token);
        using var channels = new MetricCollector<long>(Meters, "BttProxy", "bttproxy.backup.channels");
        using var worker = Worker(ledger);
        await worker.StartAsync(Token);
        _time.Advance(Interval);
        await channels.WaitForMeasurementsAsync(1, Token);

        await ledger.EarnAsync(Entry(1, 5), Token);
        await worker.StopAsync(Token);

        Assert.Equal([Entry(1, 5)], (await Target().ReadAsync(Token)).Entries);
    }

    [Fact]
    public async Task BackupAheadOfTheLedger_IsSaidWithTheRemedy()
    {
        Directory.CreateDirectory(BackupDirectory);
        await using (var lost = await OpenLedgerAsync(Path.Join(_root.FullName, "lost"), _time, Token))
        {
            await lost.EarnAsync(Entry(1, 5), Token);
            await new VoucherBackup(lost, TokenAmount.Zero).RunAsync(Target(), refresh: true, Token);
        }

        await using var ledger = await OpenLedgerAsync(Path.Join(_root.FullName, "ledger"), _time, Token);
        using var ahead = new MetricCollector<long>(Meters, "BttProxy", "bttproxy.backup.ahead");
        using var worker = Worker(ledger);
        await worker.StartAsync(Token);
        _time.Advance(Interval);
        await ahead.WaitForMeasurementsAsync(1, Token);
        await worker.StopAsync(Token);

        Assert.Equal(1, ahead.LastMeasurement!.Value);
        Assert.Contains(_log.Collector.GetSnapshot(), record => record.Message.Contains("bttproxy-relay restore", StringComparison.Ordinal));
    }

    private DirectoryTarget Target() => new(BackupDirectory, _keys, _time);

    private VoucherBackupWorker Worker(BttProxy.Ledger.Earnings.RelayLedger ledger) => new(
        [Target()], ledger, TokenAmount.Zero, Interval, new BackupMetrics(Meters, [BackupTargetKind.Directory], _time), _time, _log);
}
