namespace BttProxy.BitTorrent.Storage;

/// <summary>A part of a torrent's content and the file that holds it.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Offset">Where it begins in the content.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsPadding">Zeros that are not stored.</param>
internal readonly record struct StoredFile(string Path, long Offset, long Length, bool IsPadding);
