namespace BttProxy.BitTorrent.Metainfo;

/// <summary>What a piece's hashes say about its data.</summary>
internal enum PieceVerdict
{
    Bad = 0,
    Good = 1,
    /// <summary>A hybrid torrent (BEP 52) whose v1 and v2 hashes are of different data: no peer's fault.</summary>
    Contradiction = 2,
}
