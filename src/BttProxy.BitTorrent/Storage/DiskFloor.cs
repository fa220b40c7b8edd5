using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Storage;

/// <summary>
/// Keeps some space of a volume free, which other programs and our own records need: while there is less, nothing is fetched. Thread-safe.
/// </summary>
/// <param name="directory">Where content is kept.</param>
/// <param name="minFreeBytes">What must stay free; 0 asks for nothing.</param>
/// <param name="margin">How much more there must be before anything is fetched again, or it would begin and end with every piece.</param>
/// <param name="freeSpace">Asks the volume.</param>
/// <param name="logger">Told the beginning and the end.</param>
internal sealed partial class DiskFloor(string directory, long minFreeBytes, long margin, FreeSpace freeSpace, ILogger logger)
{
    private readonly Lock _gate = new();
    private volatile TorrentStorageException? _failure;

    /// <summary>Null while there is space.</summary>
    public TorrentStorageException? Failure => _failure;

    public bool IsOff => minFreeBytes == 0;

    public long MinFreeBytes => minFreeBytes;

    /// <summary>Null when the volume does not tell.</summary>
    public long? FreeBytes
    {
        get
        {
            try
            {
                return freeSpace(directory);
            }
            catch (Exception exception) when (StorageErrors.IsStorageError(exception))
            {
                return null;
            }
        }
    }

    /// <summary>Creates the directory, of which the volume is asked, and looks for the first time.</summary>
    /// <exception cref="TorrentStorageException">The directory cannot be used.</exception>
    public void Start()
    {
        if (IsOff)
        {
            return;
        }
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, directory);
        }
        HasRoomFor(0);
    }

    /// <summary>Looks at the volume. When it does not tell, all stays as it is: a write that fails says more.</summary>
    /// <param name="bytes">About to be written.</param>
    public bool HasRoomFor(long bytes)
    {
        if (IsOff)
        {
            return true;
        }
        lock (_gate)
        {
            if (FreeBytes is { } free)
            {
                Follow(free, free - bytes < minFreeBytes);
            }
            return _failure is null;
        }
    }

    private void Follow(long free, bool isBelow)
    {
        if (isBelow && _failure is null)
        {
            _failure = StorageErrors.BelowFloor(directory, free, minFreeBytes);
            LogStopped(logger, _failure.Message);
        }
        else if (_failure is not null && free >= minFreeBytes + margin)
        {
            _failure = null;
            LogResumed(logger, free, directory);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private static partial void LogStopped(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Free} bytes are free again at {Directory}: fetching goes on")]
    private static partial void LogResumed(ILogger logger, long free, string directory);
}

/// <summary>Bytes that this user may still write to the volume of a directory.</summary>
internal delegate long FreeSpace(string directory);
