namespace BttProxy.BitTorrent.Storage;

/// <summary>The disk did not do what a torrent needs. The message is one line that says what to do.</summary>
public sealed class TorrentStorageException(string message, bool isDiskFull, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>True when space ran out: the same operation succeeds once there is room.</summary>
    public bool IsDiskFull { get; } = isDiskFull;
}
