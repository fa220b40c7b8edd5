using System.Diagnostics.Metrics;
using BttProxy.Relay.Observability;

namespace BttProxy.Relay.Backup;

/// <summary>Whether the vouchers are safe outside this machine.</summary>
internal sealed class BackupMetrics
{
    private readonly Counter<long> _failures;
    private readonly Dictionary<BackupTargetKind, Figures> _figures;

    /// <param name="meters">Where the meter is.</param>
    /// <param name="targets">What is backed up to; their age counts from now.</param>
    /// <param name="time">The clock.</param>
    public BackupMetrics(IMeterFactory meters, IEnumerable<BackupTargetKind> targets, TimeProvider time)
    {
        _figures = targets.ToDictionary(target => target, _ => new Figures(time.GetTimestamp(), 0, 0, 0, 0));
        var meter = meters.Create(RelayMetrics.MeterName);
        _failures = meter.CreateCounter<long>("bttproxy.backup.failures", "{failure}", "Voucher backups that failed, by target.");
        Observe("bttproxy.backup.channels", "{channel}", "Channels in the voucher backup, by target.", static figures => figures.Channels);
        Observe("bttproxy.backup.left_out", "{channel}", "Channels for which the voucher backup has no room, by target.", static figures => figures.LeftOut);
        Observe("bttproxy.backup.ahead", "{channel}", "Channels whose backup is better than the ledger, by target: restore them.", static figures => figures.Ahead);
        Observe("bttproxy.backup.unreadable", "{page}", "Pages of the voucher backup that cannot be read, by target.", static figures => figures.Unreadable);
        meter.CreateObservableGauge(
            "bttproxy.backup.age", () => Read(figures => time.GetElapsedTime(figures.LastGood).TotalSeconds), "s", "Time since the last good voucher backup, by target.");

        void Observe(string name, string unit, string description, Func<Figures, long> figure) =>
            meter.CreateObservableGauge(name, () => Read(figure), unit, description);
    }

    public void Succeeded(BackupTargetKind target, VoucherBackup.Outcome outcome, long timestamp)
    {
        lock (_figures)
        {
            _figures[target] = new Figures(timestamp, outcome.Stored.Length, outcome.LeftOut.Length, outcome.Ahead.Length, outcome.Unreadable);
        }
    }

    /// <summary>The last backup has all that there is.</summary>
    public void UpToDate(BackupTargetKind target, long timestamp)
    {
        lock (_figures)
        {
            _figures[target] = _figures[target] with { LastGood = timestamp };
        }
    }

    public void Failed(BackupTargetKind target) => _failures.Add(1, Tag(target));

    private List<Measurement<T>> Read<T>(Func<Figures, T> figure)
        where T : struct
    {
        lock (_figures)
        {
            return [.. _figures.Select(entry => new Measurement<T>(figure(entry.Value), Tag(entry.Key)))];
        }
    }

    private static KeyValuePair<string, object?> Tag(BackupTargetKind target) =>
        new("target", target == BackupTargetKind.Dht ? "dht" : "directory");

    /// <summary>Of the last backup; zero before the first.</summary>
    private readonly record struct Figures(long LastGood, long Channels, long LeftOut, long Ahead, long Unreadable);
}
