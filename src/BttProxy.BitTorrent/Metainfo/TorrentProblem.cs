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
    NoContent = 13,
    BadMagnetLink = 14,
    /// <summary>A "meta version" that is not 2 (BEP 52).</summary>
    UnknownVersion = 15,
    /// <summary>The v1 and the v2 half of a hybrid torrent describe different content (BEP 52).</summary>
    HybridMismatch = 16,
    /// <summary>Piece layers that do not belong to the files' roots (BEP 52).</summary>
    PieceLayerMismatch = 17,
    /// <summary>The same torrent takes part under its other info-hash.</summary>
    AlreadyJoined = 18,
    /// <summary>The metadata is of another torrent than the info-hash or link names.</summary>
    WrongInfoHash = 19,
    /// <summary>A folder with one file, which v2 cannot tell from the file.</summary>
    OnlyFile = 20,
}
