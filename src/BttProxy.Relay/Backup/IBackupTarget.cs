namespace BttProxy.Relay.Backup;

/// <summary>A place for backups. Every method throws <see cref="BackupException"/> when the place cannot be used now.</summary>
internal interface IBackupTarget
{
    BackupTargetKind Kind { get; }

    /// <summary>Pages are numbered from 0 to one below this.</summary>
    int MaxPages { get; }

    /// <summary>Everything that is there.</summary>
    Task<BackupCopy> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Replaces a page as it was last read. False, and nothing is lost, when something else is there by now: read again.</summary>
    Task<bool> TryWriteAsync(BackupPage page, CancellationToken cancellationToken);

    /// <summary>Sees to it that what was last read and written is not forgotten there.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);
}
