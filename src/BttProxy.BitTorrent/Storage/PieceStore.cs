using System.Buffers;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.Storage;

/// <summary>One torrent's content on disk. Knows which pieces are there, also after a restart or a crash. Thread-safe.</summary>
public sealed class PieceStore : IAsyncDisposable
{
    // After a crash the last data may be a little younger than the state beside it; later changes were made by somebody else.
    private static readonly TimeSpan CrashTolerance = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly ContentFiles _files;
    private readonly PieceStateFile? _state;
    private bool _disposed;

    private PieceStore(TorrentInfo info, ContentFiles files, PieceStateFile? state)
    {
        Info = info;
        Have = new Bitfield(info.PieceCount);
        _files = files;
        _state = state;
    }

    public TorrentInfo Info { get; }

    /// <summary>The verified pieces on disk; changes while pieces arrive.</summary>
    public Bitfield Have { get; }

    /// <summary>
    /// Opens the torrent's place on disk. Pieces that the saved state names are believed as long as their files are untouched; others
    /// that may be there are hashed first.
    /// </summary>
    /// <exception cref="TorrentStorageException">The directory or a file cannot be used; the message says what to do.</exception>
    public static Task<PieceStore> OpenAsync(TorrentInfo info, PieceStoreOptions options, CancellationToken cancellationToken) =>
        OpenAsync(info, options, write: null, cancellationToken);

    internal static async Task<PieceStore> OpenAsync(
        TorrentInfo info, PieceStoreOptions options, ContentWrite? write, CancellationToken cancellationToken)
    {
        var paths = new ContentPaths(info, options);
        if (options.ContentPath is not null)
        {
            return new PieceStore(info, new ContentFiles(info, paths, readOnly: true), state: null);
        }
        var state = PieceStateFile.Open(StatePath(info, options), info);
        var store = new PieceStore(info, new ContentFiles(info, paths, readOnly: false, write), state);
        try
        {
            await store.RestoreAsync(state, cancellationToken);
            if (options.Layout == StorageLayout.ByName)
            {
                store._files.CreateEmptyFiles();
            }
            return store;
        }
        catch
        {
            store._files.Dispose();
            state.Dispose();
            throw;
        }
    }

    public bool HasPiece(int index) => Have[index];

    /// <summary>Reads verified content.</summary>
    /// <returns>Bytes read: up to the buffer's size, the first piece that is not there, or the end; 0 when nothing is there.</returns>
    /// <exception cref="TorrentStorageException">A file was damaged from outside; its piece counts as missing from now on.</exception>
    public async ValueTask<int> ReadAsync(long torrentOffset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(torrentOffset);
        var readable = Readable(torrentOffset, buffer.Length);
        if (readable == 0)
        {
            return 0;
        }
        try
        {
            await _files.ReadAsync(torrentOffset, buffer[..readable], cancellationToken);
        }
        catch (TorrentStorageException)
        {
            Forget(torrentOffset, readable);
            throw;
        }
        return readable;
    }

    /// <param name="index">The piece.</param>
    /// <param name="verifiedData">The whole piece; the caller has checked its hash.</param>
    /// <param name="cancellationToken">Stops between files; the piece is then not counted as there.</param>
    /// <exception cref="TorrentStorageException">The disk is full, or a file cannot be written.</exception>
    public async ValueTask WritePieceAsync(int index, ReadOnlyMemory<byte> verifiedData, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(verifiedData.Length, Info.PieceSize(index));
        if (_state is null)
        {
            throw new TorrentStorageException(
                "Content given as existing is only read, and this copy is incomplete: download it to another directory.", isDiskFull: false);
        }
        await _files.WriteAsync((long)index * Info.PieceLength, verifiedData, cancellationToken);
        Mark(index, present: true);
    }

    /// <summary>Hashes whatever is on disk, and believes only that.</summary>
    /// <param name="progress">Told the number of pieces looked at.</param>
    /// <param name="cancellationToken">Stops; pieces not looked at keep their state.</param>
    public async Task VerifyExistingAsync(IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var onDisk = _files.InspectAll();
        for (var i = 0; i < Info.PieceCount; i++)
        {
            await VerifyPieceAsync(i, onDisk, cancellationToken);
            progress?.Report(i + 1);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _disposed = true;
                _files.Dispose();
                _state?.Close();
            }
        }
        return ValueTask.CompletedTask;
    }

    private static string StatePath(TorrentInfo info, PieceStoreOptions options) => options.Layout == StorageLayout.ByIndex
        ? Path.Join(Path.GetFullPath(options.Directory), info.InfoHash.ToString(), "have")
        : Path.Join(Path.GetFullPath(options.Directory), ".bttproxy", $"{info.InfoHash}.have");

    private async Task RestoreAsync(PieceStateFile state, CancellationToken cancellationToken)
    {
        var onDisk = _files.InspectAll();
        var believed = new Bitfield(Info.PieceCount);
        var unsure = new Bitfield(Info.PieceCount);
        for (var i = 0; i < Info.PieceCount; i++)
        {
            if ((state.Saved is null || state.Saved[i]) && IsOnDisk(i, onDisk))
            {
                _ = IsUnsure(state, i, onDisk) ? unsure.Set(i) : believed.Set(i);
            }
        }
        for (var i = 0; i < Info.PieceCount; i++)
        {
            if (believed[i])
            {
                Have.Set(i);
            }
        }
        state.Begin(Info, Have);
        for (var i = 0; i < Info.PieceCount && unsure.Count > 0; i++)
        {
            if (unsure[i])
            {
                await VerifyPieceAsync(i, onDisk, cancellationToken);
            }
        }
    }

    private bool IsUnsure(PieceStateFile state, int index, FileOnDisk[] onDisk)
    {
        if (state.Saved is null || (!state.WasClean && state.WasOtherBoot))
        {
            return true;
        }
        var limit = state.WasClean ? state.SavedUtc : state.SavedUtc + CrashTolerance;
        var (first, last) = FilesOf(index);
        for (var file = first; file <= last; file++)
        {
            if (onDisk[file].ChangedUtc > limit)
            {
                return true;
            }
        }
        return false;
    }

    private async Task VerifyPieceAsync(int index, FileOnDisk[] onDisk, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isGood = false;
        if (IsOnDisk(index, onDisk))
        {
            var size = Info.PieceSize(index);
            var buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                await _files.ReadAsync((long)index * Info.PieceLength, buffer.AsMemory(0, size), cancellationToken);
                isGood = Info.VerifyPiece(index, buffer.AsSpan(0, size));
            }
            catch (TorrentStorageException)
            {
                // It shrank or vanished since it was measured: not there.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        Mark(index, isGood);
    }

    private bool IsOnDisk(int index, FileOnDisk[] onDisk)
    {
        var end = ((long)index * Info.PieceLength) + Info.PieceSize(index);
        var (first, last) = FilesOf(index);
        for (var file = first; file <= last; file++)
        {
            var entry = Info.Files[file];
            if (onDisk[file].Length < Math.Min(entry.Length, end - entry.Offset))
            {
                return false;
            }
        }
        return true;
    }

    private (int First, int Last) FilesOf(int index)
    {
        var offset = (long)index * Info.PieceLength;
        return (_files.FileAt(offset), _files.FileAt(offset + Info.PieceSize(index) - 1));
    }

    private int Readable(long offset, int wanted)
    {
        var end = Math.Min(offset + wanted, Info.Length);
        var position = offset;
        while (position < end && Have[(int)(position / Info.PieceLength)])
        {
            position = Math.Min(end, ((position / Info.PieceLength) + 1) * Info.PieceLength);
        }
        return (int)Math.Max(0, position - offset);
    }

    private void Forget(long offset, int length)
    {
        for (var piece = offset / Info.PieceLength; piece * Info.PieceLength < offset + length; piece++)
        {
            Mark((int)piece, present: false);
        }
    }

    private void Mark(int index, bool present)
    {
        lock (_gate)
        {
            if (!_disposed && (present ? Have.Set(index) : Have.Clear(index)))
            {
                _state?.Update(Have, index);
            }
        }
    }
}
