using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>What is kept on disk of the torrents that were fetched.</summary>
public sealed class CacheOptions
{
    /// <summary>
    /// Bytes of all torrents together; what was not used for longest makes way. Default: 50 GiB, a small server's disk and room beside it.
    /// </summary>
    [ByteSize]
    [AllowedRange("33554432", "1125899906842624")]
    public long MaxBytes { get; set; } = 50L << 30;

    /// <summary>Bytes of one torrent. Null: half of MaxBytes, so that a huge torrent does not push out all others. Default: null.</summary>
    [ByteSize]
    [AllowedRange("16777216", "1125899906842624")]
    public long? MaxBytesPerTorrent { get; set; }

    /// <summary>
    /// Bytes that stay free on the volume. With less, nothing more is fetched and clients are refused what is not here; it goes on by itself
    /// once there is space. 0: no limit. Default: 1 GiB, so that ledger and system can always write.
    /// </summary>
    [ByteSize]
    [AllowedRange("0", "1125899906842624")]
    public long MinFreeBytes { get; set; } = 1L << 30;

    internal long PerTorrent => MaxBytesPerTorrent ?? MaxBytes / 2;
}
