using System.Diagnostics.Metrics;
using BttProxy.BitTorrent.Dht;
using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Backup;

/// <summary>The parts of the backup that the options ask for.</summary>
internal static class BackupSetup
{
    public static IReadOnlyList<IBackupTarget> Targets(BackupOptions options, BackupKeys keys, DhtNode? dht, TimeProvider time)
    {
        var targets = new List<IBackupTarget>();
        if (dht is not null)
        {
            targets.Add(new DhtTarget(dht, keys, time));
        }

        if (options.Directory is { } directory)
        {
            targets.Add(new DirectoryTarget(Path.GetFullPath(directory), keys, time));
        }

        return targets;
    }

    public static VoucherBackupWorker Worker(
        BackupOptions options, IReadOnlyList<IBackupTarget> targets, RelayLedger ledger, IMeterFactory meters, ILoggerFactory loggers,
        TimeProvider time) => new(
            targets, ledger, options.MinValue, options.Interval, new BackupMetrics(meters, targets.Select(target => target.Kind), time), time,
            loggers.CreateLogger<VoucherBackupWorker>());
}
