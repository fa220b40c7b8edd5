namespace BttProxy.Relay.Backup;

/// <summary>A place for backups cannot be read or written now. The message says what to do.</summary>
internal sealed class BackupException(string message, Exception? innerException = null) : Exception(message, innerException);
