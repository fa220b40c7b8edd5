namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Which BitTorrent versions a torrent is made for.</summary>
public enum TorrentVersion
{
    /// <summary>BEP 3: known to every client.</summary>
    V1 = 1,

    /// <summary>BEP 52: SHA-256, every file verifiable by itself.</summary>
    V2 = 2,

    /// <summary>Both in one, with padding between the files (BEP 47).</summary>
    Hybrid = 3,
}
