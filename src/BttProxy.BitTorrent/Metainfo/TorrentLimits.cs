namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Bounds that are checked before anything is allocated by a torrent's own numbers.</summary>
public static class TorrentLimits
{
    /// <summary>Largest info dictionary, as a file and from peers (BEP 9): 8 MiB holds 400,000 piece hashes.</summary>
    public const int MaxInfoBytes = 8 * 1024 * 1024;

    /// <summary>Largest .torrent file: the info dictionary, as much again for trackers, and the BEP 52 layers of all pieces.</summary>
    public const int MaxTorrentFileBytes = (2 * MaxInfoBytes) + (MaxPieces * InfoHashV2.Length);

    /// <summary>Bounds the bitfields of all peers at 128 KiB each.</summary>
    public const int MaxPieces = 1 << 20;

    public const int MinPieceLength = 1024;

    /// <summary>A piece is assembled in memory; libtorrent's own torrents stop at 128 MiB.</summary>
    public const int MaxPieceLength = 128 * 1024 * 1024;

    public const int MaxFiles = 100_000;

    /// <summary>Folders inside each other, the file included.</summary>
    public const int MaxPathDepth = 64;

    /// <summary>UTF-8 bytes of one path: Linux takes 4,096 including the directory that it is stored in.</summary>
    public const int MaxPathBytes = 2048;
}
