namespace BttProxy.BitTorrent.Storage;

/// <summary>Turns what the operating system says into one clear line.</summary>
internal static class StorageErrors
{
    // errno on Unix (.NET puts it into HResult), HRESULT from GetLastError on Windows.
    private const int FileTooBig = 27;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static bool IsStorageError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or System.Security.SecurityException;

    public static TorrentStorageException Translate(Exception exception, string path) => exception switch
    {
        TorrentStorageException storage => storage,
        IOException { HResult: FileTooBig or NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull } => new(
            $"No space left for {path}: free some space or choose another directory, then try again.", isDiskFull: true, exception),
        UnauthorizedAccessException => new(
            $"No permission for {path}: change its owner or mode, or choose another directory.", isDiskFull: false, exception),
        _ => new($"Cannot use {path}: {exception.Message}", isDiskFull: false, exception),
    };

    public static TorrentStorageException BelowFloor(string directory, long free, long minFree) => new(
        $"Only {free} bytes are free at {directory}, and {minFree} must stay free: nothing more is fetched until there is space. "
        + "Delete something on that volume, or lower the limit (MinFreeBytes).",
        isDiskFull: true);

    public static TorrentStorageException Truncated(string path) => new(
        $"{path} became shorter while it was in use: another program changed it; its pieces will be fetched again.", isDiskFull: false);
}
