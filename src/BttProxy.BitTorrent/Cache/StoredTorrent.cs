using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Cache;

/// <summary>What lies on disk of a torrent that is in no swarm, opened to look at it or to take pieces away.</summary>
internal sealed class StoredTorrent : IDisposable
{
    private readonly PieceStateFile _state;
    private readonly ContentFiles _files;
    private bool _isChanging;
    private bool _isSafe;

    private StoredTorrent(PieceStateFile state, ContentFiles files)
    {
        _state = state;
        _files = files;
        Have = state.Saved!;
    }

    public Bitfield Have { get; }

    public SegmentLayout Layout => _state.Layout;

    public uint[] Stamps => _state.Stamps;

    public bool IsPinned => _state.IsPinned;

    /// <returns>Null when there is no state, or it is damaged.</returns>
    /// <exception cref="TorrentStorageException">Another program has it, or the disk failed.</exception>
    public static StoredTorrent? Open(string directory, InfoHash infoHash)
    {
        var state = PieceStateFile.OpenExisting(PieceStore.StatePath(directory, infoHash), infoHash);
        return state is null
            ? null
            : new StoredTorrent(state, new ContentFiles(new ContentPaths(directory, infoHash, state.Layout), readOnly: false));
    }

    /// <summary>Gives back what a killed process left behind, and closes in its place, unless only hashing can tell what is good.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public void Tidy()
    {
        if (_state.WasClean || _state.LostPower || FindChanged().Count > 0)
        {
            return;
        }
        SegmentSpace.ReleaseAllMissing(_files, Layout, Have);
        _files.FlushAll();
        _isSafe = true;
    }

    /// <summary>Takes pieces of one segment away.</summary>
    /// <returns>All that is gone: also segments that another program has changed.</returns>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public List<PieceRange> Evict(PieceRange pieces)
    {
        var gone = BeginChange();
        gone.Add(pieces);
        Forget(pieces);
        return gone;
    }

    /// <returns>What is gone because another program has changed it.</returns>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public List<PieceRange> SetPinned(bool isPinned)
    {
        var gone = BeginChange();
        _state.UpdatePinned(isPinned);
        return gone;
    }

    public void Dispose()
    {
        _files.Dispose();
        if (_isSafe || (_isChanging && _state.WasClean))
        {
            _state.Close();
        }
        else
        {
            _state.Dispose();
        }
    }

    /// <summary>Deletes everything of a torrent that a store may have put there, and nothing else.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public static void Delete(string directory, InfoHash infoHash)
    {
        var root = ContentPaths.IndexRoot(directory, infoHash);
        try
        {
            foreach (var path in Directory.EnumerateFiles(root))
            {
                var name = Path.GetFileName(path);
                if (name is "have" or "info" or "info.new" or "torrent" or "torrent.new" || name.All(char.IsAsciiDigit))
                {
                    File.Delete(path);
                }
            }
            Directory.Delete(root);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already.
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, root);
        }
    }

    /// <summary>
    /// A write to the state makes it younger than the content, and so the content believed: what another program has changed since must go
    /// before.
    /// </summary>
    private List<PieceRange> BeginChange()
    {
        if (_isChanging)
        {
            return [];
        }
        _isChanging = true;
        var changed = FindChanged();
        if (_state.WasClean)
        {
            _state.Touch();
        }
        foreach (var pieces in changed)
        {
            Forget(pieces);
        }
        return changed;
    }

    private void Forget(PieceRange pieces)
    {
        for (var piece = pieces.First; piece < pieces.End; piece++)
        {
            Have.Clear(piece);
        }
        _state.Update(Have, pieces);
        SegmentSpace.Release(_files, Layout, Have, pieces);
    }

    private List<PieceRange> FindChanged()
    {
        var changed = new List<PieceRange>();
        var onDisk = _state.LostPower ? [] : _files.InspectAll();
        for (var segment = 0; segment < onDisk.Length; segment++)
        {
            if (onDisk[segment].ChangedUtc > _state.TrustedUntilUtc)
            {
                changed.Add(Layout.PiecesOf(segment));
            }
        }
        return changed;
    }
}
