using BttProxy.BitTorrent.Metainfo;
using Microsoft.Win32.SafeHandles;

namespace BttProxy.BitTorrent.Storage;

/// <summary>Reads and writes a torrent's content across its files, with a bounded number of them open.</summary>
internal sealed class ContentFiles(TorrentInfo info, ContentPaths paths, bool readOnly, ContentWrite? write = null) : IDisposable
{
    private const int MaxOpenFiles = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkedListNode<(int File, SafeFileHandle Handle)>> _open = [];
    private readonly LinkedList<(int File, SafeFileHandle Handle)> _recent = new();
    private readonly ContentWrite _write = write ?? RandomAccess.WriteAsync;
    private bool _disposed;

    /// <summary>Creates the files that have no bytes, which no piece would create.</summary>
    public void CreateEmptyFiles()
    {
        for (var i = 0; i < info.Files.Count; i++)
        {
            if (info.Files[i] is { Length: 0, IsPadding: false })
            {
                Guarded(i, () => OpenHandle(i).Dispose());
            }
        }
    }

    /// <summary>What is on disk now, by file; padding counts as there.</summary>
    public FileOnDisk[] InspectAll()
    {
        var found = new FileOnDisk[info.Files.Count];
        for (var i = 0; i < found.Length; i++)
        {
            if (info.Files[i] is { IsPadding: false, Length: > 0 })
            {
                var entry = new FileInfo(paths[i]);
                found[i] = entry is { Exists: true, LinkTarget: null } ? new FileOnDisk(entry.Length, entry.LastWriteTimeUtc) : default;
            }
            else
            {
                found[i] = new FileOnDisk(info.Files[i].Length, DateTime.MinValue);
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
            if (info.Files[file].IsPadding)
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
            if (part > 0 && !info.Files[file].IsPadding)
            {
                await WriteFileAsync(file, position, data[..part], cancellationToken);
            }
            data = data[part..];
            offset += part;
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
        var high = info.Files.Count - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var file = info.Files[middle];
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
        var entry = info.Files[file];
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
                    throw StorageErrors.Truncated(paths[file]);
                }
                buffer = buffer[read..];
                position += read;
            }
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, paths[file]);
        }
    }

    private async ValueTask WriteFileAsync(int file, long position, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
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
            throw StorageErrors.Translate(exception, paths[file]);
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
            return File.OpenHandle(paths[file], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(paths[file])!);
        return File.OpenHandle(paths[file], FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    private void Guarded(int file, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, paths[file]);
        }
    }
}

/// <param name="Length">Bytes; 0 when the file does not exist.</param>
/// <param name="ChangedUtc">When it was last written.</param>
internal readonly record struct FileOnDisk(long Length, DateTime ChangedUtc);

/// <summary>The one call that puts content on disk; tests give one that fails.</summary>
internal delegate ValueTask ContentWrite(SafeFileHandle handle, ReadOnlyMemory<byte> data, long position, CancellationToken cancellationToken);
