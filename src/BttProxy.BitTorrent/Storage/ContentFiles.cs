using Microsoft.Win32.SafeHandles;

namespace BttProxy.BitTorrent.Storage;

/// <summary>Reads and writes a torrent's content across its files, with a bounded number of them open.</summary>
internal sealed class ContentFiles(ContentPaths paths, bool readOnly, ContentWrite? write = null) : IDisposable
{
    private const int MaxOpenFiles = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkedListNode<(int File, SafeFileHandle Handle)>> _open = [];
    private readonly LinkedList<(int File, SafeFileHandle Handle)> _recent = new();
    private readonly HashSet<int> _written = [];
    private readonly ContentWrite _write = write ?? RandomAccess.WriteAsync;
    private bool _disposed;

    public IReadOnlyList<StoredFile> Files => paths.Files;

    /// <summary>Creates the files that have no bytes, which no piece would create.</summary>
    public void CreateEmptyFiles()
    {
        for (var i = 0; i < paths.Files.Count; i++)
        {
            if (paths.Files[i] is { Length: 0, IsPadding: false })
            {
                Guarded(i, () => OpenHandle(i).Dispose());
            }
        }
    }

    /// <summary>What is on disk now, by file; padding counts as there.</summary>
    public FileOnDisk[] InspectAll()
    {
        var found = new FileOnDisk[paths.Files.Count];
        for (var i = 0; i < found.Length; i++)
        {
            if (paths.Files[i] is { IsPadding: false, Length: > 0 })
            {
                var entry = new FileInfo(paths.Files[i].Path);
                found[i] = entry is { Exists: true, LinkTarget: null } ? new FileOnDisk(entry.Length, entry.LastWriteTimeUtc) : default;
            }
            else
            {
                found[i] = new FileOnDisk(paths.Files[i].Length, DateTime.MinValue);
            }
        }
        return found;
    }

    /// <summary>Fills the buffer from the content at the offset; padding reads as zeros.</summary>
    /// <exception cref="TorrentStorageException">A file is missing, too short or unreadable.</exception>
    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (var file = FileAt(offset); !buffer.IsEmpty; file++)
        {
            var (position, part) = Segment(file, offset, buffer.Length);
            if (paths.Files[file].IsPadding)
            {
                buffer.Span[..part].Clear();
            }
            else if (part > 0)
            {
                await ReadFileAsync(file, position, buffer[..part], cancellationToken);
            }
            buffer = buffer[part..];
            offset += part;
        }
    }

    /// <summary>Writes content at the offset; padding is left out.</summary>
    /// <exception cref="TorrentStorageException">The disk is full, or a file cannot be written.</exception>
    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        for (var file = FileAt(offset); !data.IsEmpty; file++)
        {
            var (position, part) = Segment(file, offset, data.Length);
            if (part > 0 && !paths.Files[file].IsPadding)
            {
                await WriteFileAsync(file, position, data[..part], cancellationToken);
            }
            data = data[part..];
            offset += part;
        }
    }

    /// <summary>Gives the blocks of a part of a file back to the disk, as far as the disk can.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public void Punch(int file, long position, long length)
    {
        if (File.Exists(paths.Files[file].Path))
        {
            WithHandle(file, handle => HolePunch.TryPunch(handle, position, length));
        }
    }

    /// <summary>Deletes a file; reads of it that are under way go on.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public void Delete(int file)
    {
        lock (_gate)
        {
            _written.Remove(file);
            if (_open.Remove(file, out var node))
            {
                _recent.Remove(node);
                node.Value.Handle.Dispose();
            }
            // Under the lock, or somebody would go on with a handle of the deleted file.
            Guarded(file, () => File.Delete(paths.Files[file].Path));
        }
    }

    /// <summary>What was written since the last call outlives a power cut.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public void Flush()
    {
        int[] written;
        lock (_gate)
        {
            written = [.. _written];
            _written.Clear();
        }
        foreach (var file in written)
        {
            WithHandle(file, RandomAccess.FlushToDisk);
        }
    }

    /// <summary>What is there, whoever wrote it, outlives a power cut.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    public void FlushAll()
    {
        for (var file = 0; file < paths.Files.Count; file++)
        {
            if (File.Exists(paths.Files[file].Path))
            {
                WithHandle(file, RandomAccess.FlushToDisk);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var (_, handle) in _recent)
            {
                handle.Dispose();
            }
            _recent.Clear();
            _open.Clear();
        }
    }

    /// <summary>The first file that holds the byte at the offset; empty files are passed over.</summary>
    public int FileAt(long offset)
    {
        var low = 0;
        var high = paths.Files.Count - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var file = paths.Files[middle];
            if (file.Offset + file.Length <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }

    private (long Position, int Part) Segment(int file, long offset, int wanted)
    {
        var entry = paths.Files[file];
        var position = offset - entry.Offset;
        return (position, (int)Math.Min(wanted, entry.Length - position));
    }

    private async ValueTask ReadFileAsync(int file, long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                int read;
                try
                {
                    read = await RandomAccess.ReadAsync(Handle(file), buffer, position, cancellationToken);
                }
                catch (ObjectDisposedException) when (!_disposed)
                {
                    // Another operation needed the place among the open files; open it again.
                    continue;
                }
                if (read == 0)
                {
                    throw StorageErrors.Truncated(paths.Files[file].Path);
                }
                buffer = buffer[read..];
                position += read;
            }
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, paths.Files[file].Path);
        }
    }

    private async ValueTask WriteFileAsync(int file, long position, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            lock (_gate)
            {
                _written.Add(file);
            }
            while (true)
            {
                try
                {
                    await _write(Handle(file), data, position, cancellationToken);
                    return;
                }
                catch (ObjectDisposedException) when (!_disposed)
                {
                    // As above.
                }
            }
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, paths.Files[file].Path);
        }
    }

    private SafeFileHandle Handle(int file)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_open.TryGetValue(file, out var node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                return node.Value.Handle;
            }
            while (_open.Count >= MaxOpenFiles)
            {
                // An operation that is using the handle keeps it open until it is done.
                _recent.Last!.Value.Handle.Dispose();
                _open.Remove(_recent.Last.Value.File);
                _recent.RemoveLast();
            }
            var handle = OpenHandle(file);
            _open.Add(file, _recent.AddFirst((file, handle)));
            return handle;
        }
    }

    private SafeFileHandle OpenHandle(int file)
    {
        paths.RefuseLinks(file);
        if (readOnly)
        {
            return File.OpenHandle(paths.Files[file].Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(paths.Files[file].Path)!);
        return File.OpenHandle(paths.Files[file].Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    private void WithHandle(int file, Action<SafeFileHandle> action) => Guarded(file, () =>
    {
        while (true)
        {
            try
            {
                action(Handle(file));
                return;
            }
            catch (ObjectDisposedException) when (!_disposed)
            {
                // As above.
            }
        }
    });

    private void Guarded(int file, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, paths.Files[file].Path);
        }
    }
}

/// <param name="Length">Bytes; 0 when the file does not exist.</param>
/// <param name="ChangedUtc">When it was last written.</param>
internal readonly record struct FileOnDisk(long Length, DateTime ChangedUtc);

/// <summary>The one call that puts content on disk; tests give one that fails.</summary>
internal delegate ValueTask ContentWrite(SafeFileHandle handle, ReadOnlyMemory<byte> data, long position, CancellationToken cancellationToken);
