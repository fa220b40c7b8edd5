using System.Diagnostics.Metrics;
using BttProxy.Relay.Observability;

namespace BttProxy.Relay.Backup;

/// <summary>Whether the vouchers are safe outside this machine.</summary>
internal sealed class BackupMetrics
{
    private readonly Counter<long> _failures;
    private readonly Gauge<long> _channels;
    private readonly Gauge<long> _leftOut;
    private readonly Gauge<long> _ahead;
    private readonly Gauge<long> _unreadable;
    private readonly Dictionary<BackupTargetKind, long> _lastGood;

    /// <param name="meters">Where the meter is.</param>
    /// <param name="targets">What is backed up to; their age counts from now.</param>
    /// <param name="time">The clock.</param>
    public BackupMetrics(IMeterFactory meters, IEnumerable<BackupTargetKind> targets, TimeProvider time)
    {
        _lastGood = targets.ToDictionary(target => target, _ => time.GetTimestamp());
        var meter = meters.Create(RelayMetrics.MeterName);
        _failures = meter.CreateCounter<long>("bttproxy.backup.failures", "{failure}", "Voucher backups that failed, by target.");
        _channels = meter.CreateGauge<long>("bttproxy.backup.channels", "{channel}", "Channels in the voucher backup, by target.");
        _leftOut = meter.CreateGauge<long>("bttproxy.backup.left_out", "{channel}", "Channels for which the voucher backup has no room, by target.");
        _ahead = meter.CreateGauge<long>("bttproxy.backup.ahead", "{channel}", "Channels whose backup is better than the ledger, by target: restore them.");
        _unreadable = meter.CreateGauge<long>("bttproxy.backup.unreadable", "{page}", "Pages of the voucher backup that cannot be read, by target.");
        meter.CreateObservableGauge("bttproxy.backup.age", () => Ages(time), "s", "Time since the last good voucher backup, by target.");
    }

    public void Succeeded(BackupTargetKind target, VoucherBackup.Outcome outcome, long timestamp)
    {
        lock (_lastGood)
        {
            _lastGood[target] = timestamp;
        }

        _channels.Record(outcome.Stored.Length, Tag(target));
        _leftOut.Record(outcome.LeftOut.Length, Tag(target));
        _ahead.Record(outcome.Ahead.Length, Tag(target));
        _unreadable.Record(outcome.Unreadable, Tag(target));
    }

    /// <summary>The last backup has all that there is.</summary>
    public void UpToDate(BackupTargetKind target, long timestamp)
    {
        lock (_lastGood)
        {
            _lastGood[target] = timestamp;
        }
    }

    public void Failed(BackupTargetKind target) => _failures.Add(1, Tag(target));

    private List<Measurement<double>> Ages(TimeProvider time)
    {
        lock (_lastGood)
        {
            return [.. _lastGood.Select(entry => new Measurement<double>(time.GetElapsedTime(entry.Value).TotalSeconds, Tag(entry.Key)))];
        }
    }

    private static KeyValuePair<string, object?> Tag(BackupTargetKind target) =>
        new("target", target == BackupTargetKind.Dht ? "dht" : "directory");
}
