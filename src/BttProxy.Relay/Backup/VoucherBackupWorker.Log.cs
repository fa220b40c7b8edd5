namespace BttProxy.Relay.Backup;

internal sealed partial class VoucherBackupWorker
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The {Target} backup has the best vouchers of {Channels} channels")]
    private partial void LogDone(BackupTargetKind target, int channels);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Target} backup of the vouchers failed and is tried again: {Reason}")]
    private partial void LogFailed(BackupTargetKind target, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The {Target} backup has better vouchers of {Channels} channels than the ledger: stop the relay and run 'bttproxy-relay restore'")]
    private partial void LogAhead(BackupTargetKind target, int channels);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The {Target} backup has no room for {Channels} channels: claim, raise Backup.MinValue, or set Backup.Directory")]
    private partial void LogLeftOut(BackupTargetKind target, int channels);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The {Target} backup has {Pages} pages that cannot be read; they are left as they are: run the newest program on them, or move them away")]
    private partial void LogUnreadable(BackupTargetKind target, int pages);
}
