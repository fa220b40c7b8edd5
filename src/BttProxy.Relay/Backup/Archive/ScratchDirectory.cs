namespace BttProxy.Relay.Backup.Archive;

/// <summary>A directory for its owner only, gone with what is in it at the end.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly DirectoryInfo _directory;

    private ScratchDirectory(DirectoryInfo directory) => _directory = directory;

    public string LedgerPath => Path.Combine(_directory.FullName, "ledger.db");

    /// <summary>In the state directory, where a ledger may lie and can be moved from; or in the temporary one.</summary>
    /// <exception cref="BackupException">It cannot be made.</exception>
    public static ScratchDirectory Create(string? within)
    {
        try
        {
            if (within is null || OperatingSystem.IsWindows())
            {
                return new ScratchDirectory(Directory.CreateTempSubdirectory("bttproxy-backup-"));
            }

            var name = $".backup-{Path.GetRandomFileName()}";
            return new ScratchDirectory(Directory.CreateDirectory(
                Path.Combine(within, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"No directory can be made for the ledger's copy: {e.Message}", e);
        }
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
