namespace BttProxy.Ledger.Storage;

/// <summary>An operating system lock on a file: gone with the process, however that ends.</summary>
internal static class OwnerLock
{
    /// <summary>Null when another process, or another part of this one, holds it.</summary>
    /// <exception cref="LedgerException">The lock file cannot be made.</exception>
    public static FileStream? TryTake(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Never deleted: a lock on a deleted file excludes nobody.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException($"The lock {path} cannot be made: {exception.Message}", innerException: exception);
        }
    }
}
