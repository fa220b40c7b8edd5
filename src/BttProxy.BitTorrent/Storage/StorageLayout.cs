namespace BttProxy.BitTorrent.Storage;

/// <summary>How a torrent's files are named on disk.</summary>
public enum StorageLayout
{
    /// <summary>The real file tree under the directory, for a user.</summary>
    ByName = 0,

    /// <summary>Files named 0, 1, 2, ... under a folder named by the info-hash: no stranger's names on a relay's disk.</summary>
    ByIndex = 1,
}
