using System.Buffers;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.Storage;

/// <summary>One torrent's content on disk. Knows which pieces are there, also after a restart or a crash. Thread-safe.</summary>
public sealed class PieceStore : IAsyncDisposable
{
    private readonly Lock _gate = new();

    // Content is written, given up and closed by one at a time.
    private readonly SemaphoreSlim _changing = new(1);
    private readonly Dictionary<int, int> _reading = [];
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

    /// <summary>Pieces that had to be hashed when the store was opened, because what is on disk was not sure.</summary>
    public int RehashedPieces { get; private set; }

    /// <summary>Told the pieces that turn out to be damaged.</summary>
    internal Action<int> PieceLost { get; set; } = static _ => { };

    /// <summary>When each piece was last used, in seconds since 1970, as noted on disk; may be empty.</summary>
    internal uint[] SavedStamps => _state?.Stamps ?? [];

    internal bool IsPinned => _state is { IsPinned: true };

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
            return new PieceStore(info, new ContentFiles(paths, readOnly: true), state: null);
        }
        var state = PieceStateFile.Open(StatePath(info, options), info);
        var store = new PieceStore(info, new ContentFiles(paths, readOnly: false, write), state);
        try
        {
            await store.RestoreAsync(state, cancellationToken);
            if (options.Layout == StorageLayout.ByName)
            {
                store._files.CreateEmptyFiles();
            }
            else if (!state.WasClean)
            {
                SegmentSpace.ReleaseAllMissing(store._files, new SegmentLayout(info.PieceLength, info.Length), store.Have);
                state.Touch();
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
        var readable = BeginRead(torrentOffset, buffer.Length);
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
        finally
        {
            EndRead(torrentOffset, readable);
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
        await _changing.WaitAsync(cancellationToken);
        try
        {
            _state.Touch();
            await _files.WriteAsync((long)index * Info.PieceLength, verifiedData, cancellationToken);
            Mark(index, present: true);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Hashes whatever is on disk, and believes only that.</summary>
    /// <param name="progress">Told the number of pieces looked at.</param>
    /// <param name="cancellationToken">Stops; pieces not looked at keep their state.</param>
    public async Task VerifyExistingAsync(IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var onDisk = new PiecesOnDisk(Info, _files);
        for (var i = 0; i < Info.PieceCount; i++)
        {
            await VerifyPieceAsync(i, onDisk, cancellationToken);
            progress?.Report(i + 1);
        }
    }

    /// <summary>Closes the files; what was written outlives a power cut then.</summary>
    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync();
        try
        {
            if (_disposed)
            {
                return;
            }
            var isSafe = TryFlush();
            lock (_gate)
            {
                _disposed = true;
                _files.Dispose();
            }
            if (isSafe)
            {
                _state?.Close();
            }
            else
            {
                _state?.Dispose();
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Gives pieces up and their blocks back to the disk. Only for <see cref="StorageLayout.ByIndex"/>.
    /// </summary>
    /// <param name="pieces">Beside each other and of one segment.</param>
    /// <param name="claim">Decides, while nothing is being written; true after <see cref="TryForget"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What <paramref name="claim"/> decided.</returns>
    /// <exception cref="TorrentStorageException">The disk failed; the pieces are gone all the same.</exception>
    internal async Task<bool> EvictAsync(PieceRange pieces, Func<bool> claim, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (_disposed || !claim())
            {
                return false;
            }
            // The record first: a crash between the two leaves bytes that nobody claims, never a claim without bytes.
            lock (_gate)
            {
                _state!.Update(Have, pieces);
            }
            SegmentSpace.Release(_files, new SegmentLayout(Info.PieceLength, Info.Length), Have, pieces);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Counts the pieces as missing unless one is being read, or none is there. Within the claim of <see cref="EvictAsync"/>.</summary>
    internal bool TryForget(PieceRange pieces)
    {
        lock (_gate)
        {
            var any = false;
            for (var piece = pieces.First; piece < pieces.End; piece++)
            {
                if (_reading.ContainsKey(piece))
                {
                    return false;
                }
                any |= Have[piece];
            }
            for (var piece = pieces.First; any && piece < pieces.End; piece++)
            {
                Have.Clear(piece);
            }
            return any;
        }
    }

    /// <summary>Notes when a piece was last used, for the next start.</summary>
    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    internal void SaveStamp(int index, uint seconds)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _state?.UpdateStamp(index, Info.PieceCount, seconds);
            }
        }
    }

    /// <exception cref="TorrentStorageException">The disk failed.</exception>
    internal void SavePinned(bool pinned)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _state?.UpdatePinned(pinned);
            }
        }
    }

    internal static string StatePath(string directory, InfoHash infoHash) => Path.Join(ContentPaths.IndexRoot(directory, infoHash), "have");

    private static string StatePath(TorrentInfo info, PieceStoreOptions options) => options.Layout == StorageLayout.ByIndex
        ? StatePath(options.Directory, info.InfoHash)
        : Path.Join(Path.GetFullPath(options.Directory), ".bttproxy", $"{info.InfoHash}.have");

    private bool TryFlush()
    {
        try
        {
            _files.Flush();
            return true;
        }
        catch (TorrentStorageException)
        {
            return false;
        }
    }

    private async Task RestoreAsync(PieceStateFile state, CancellationToken cancellationToken)
    {
        var onDisk = new PiecesOnDisk(Info, _files);
        var believed = new Bitfield(Info.PieceCount);
        var unsure = new Bitfield(Info.PieceCount);
        for (var i = 0; i < Info.PieceCount; i++)
        {
            if ((state.Saved is null || state.Saved[i]) && onDisk.MayHold(i))
            {
                _ = onDisk.IsUnsure(state, i) ? unsure.Set(i) : believed.Set(i);
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
                RehashedPieces++;
                await VerifyPieceAsync(i, onDisk, cancellationToken);
            }
        }
    }

    private async Task VerifyPieceAsync(int index, PiecesOnDisk onDisk, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isGood = false;
        if (onDisk.MayHold(index))
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

    /// <summary>Holds the pieces of a read, as far as they are there, until <see cref="EndRead"/>.</summary>
    private int BeginRead(long offset, int wanted)
    {
        lock (_gate)
        {
            var end = Math.Min(offset + wanted, Info.Length);
            var position = offset;
            while (position < end && Have[(int)(position / Info.PieceLength)])
            {
                var piece = (int)(position / Info.PieceLength);
                _reading[piece] = _reading.GetValueOrDefault(piece) + 1;
                position = Math.Min(end, (piece + 1L) * Info.PieceLength);
            }
            return (int)Math.Max(0, position - offset);
        }
    }

    private void EndRead(long offset, int length)
    {
        lock (_gate)
        {
            for (var piece = (int)(offset / Info.PieceLength); (long)piece * Info.PieceLength < offset + length; piece++)
            {
                if (--_reading[piece] == 0)
                {
                    _reading.Remove(piece);
                }
            }
        }
    }

    private void Forget(long offset, int length)
    {
        for (var piece = offset / Info.PieceLength; piece * Info.PieceLength < offset + length; piece++)
        {
            Mark((int)piece, present: false);
            PieceLost((int)piece);
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
