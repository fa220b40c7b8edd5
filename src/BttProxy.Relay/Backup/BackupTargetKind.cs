namespace BttProxy.Relay.Backup;

/// <summary>A place for backups, as metrics and reports name it.</summary>
internal enum BackupTargetKind
{
    Dht,
    Directory,
}
