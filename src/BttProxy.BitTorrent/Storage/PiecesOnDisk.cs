using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.Storage;

/// <summary>What the sizes and times of a torrent's files, as found when it is opened, say of its pieces.</summary>
internal sealed class PiecesOnDisk(TorrentInfo info, ContentFiles files)
{
    private readonly FileOnDisk[] _found = files.InspectAll();

    /// <summary>The piece's files are long enough to hold it.</summary>
    public bool MayHold(int index)
    {
        var end = ((long)index * info.PieceLength) + info.PieceSize(index);
        var (first, last) = FilesOf(index);
        for (var file = first; file <= last; file++)
        {
            var entry = files.Files[file];
            if (_found[file].Length < Math.Min(entry.Length, end - entry.Offset))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The saved state cannot vouch for the piece: it is hashed before it is believed.</summary>
    public bool IsUnsure(PieceStateFile state, int index)
    {
        if (state.Saved is null || state.LostPower)
        {
            return true;
        }
        var (first, last) = FilesOf(index);
        for (var file = first; file <= last; file++)
        {
            if (_found[file].ChangedUtc > state.TrustedUntilUtc)
            {
                return true;
            }
        }
        return false;
    }

    private (int First, int Last) FilesOf(int index)
    {
        var offset = (long)index * info.PieceLength;
        return (files.FileAt(offset), files.FileAt(offset + info.PieceSize(index) - 1));
    }
}
