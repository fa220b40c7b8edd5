namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Why a torrent, info dictionary or magnet link is refused.</summary>
public enum TorrentProblem
{
    None = 0,
    NotBencoding = 1,
    MissingField = 2,
    TooBig = 3,
    BadPieceLength = 4,
    TooManyPieces = 5,
    PieceCountMismatch = 6,
    TooManyFiles = 7,
    BadFileLength = 8,
    UnsafePath = 9,
    SymbolicLink = 10,
    PathConflict = 11,
    Version2Only = 12,
    NoContent = 13,
    BadMagnetLink = 14,
}
