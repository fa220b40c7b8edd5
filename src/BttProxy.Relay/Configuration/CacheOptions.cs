namespace BttProxy.Relay.Configuration;

/// <summary>What is kept on disk of the torrents that were fetched.</summary>
public sealed class CacheOptions
{
    /// <summary>Bytes of all torrents together; what was not used for longest makes way. Default: 50 GiB, a small server's disk and room beside it.</summary>
    public long MaxBytes { get; set; } = 50L << 30;

    /// <summary>Bytes of one torrent. Null: half of MaxBytes, so that a huge torrent does not push out all others. Default: null.</summary>
    public long? MaxBytesPerTorrent { get; set; }

    internal long PerTorrent => MaxBytesPerTorrent ?? MaxBytes / 2;
}
