namespace BttProxy.BitTorrent.Storage;

/// <summary>Where a <see cref="PieceStore"/> keeps a torrent.</summary>
public sealed record PieceStoreOptions
{
    /// <summary>Created when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Default: <see cref="StorageLayout.ByName"/>.</summary>
    public StorageLayout Layout { get; init; } = StorageLayout.ByName;

    /// <summary>
    /// Existing content to read and never to write: the file of a single-file torrent or the folder that stands for the torrent's
    /// name. Nothing is believed until <see cref="PieceStore.VerifyExistingAsync"/> ran, and no state is kept. Default: null.
    /// </summary>
    public string? ContentPath { get; init; }
}
