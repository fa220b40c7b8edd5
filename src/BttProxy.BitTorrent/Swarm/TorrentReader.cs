using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Verified bytes of a part of a torrent, fetched ahead of the reader. A reader that stops reading costs nothing beyond its window;
/// one that seeks or closes gives back what it asked for.
/// </summary>
internal sealed class TorrentReader : Stream
{
    private const int ReadAheadSeconds = 10;

    // Where the index of a film is, when it is not at the head.
    private const int TailBytes = 1 << 20;

    // A trace of a large response is to be read, and its collector not to be flooded; all waits are told to whoever opened the reader.
    private const int MaxSpans = 64;

    private readonly TorrentState _torrent;
    private readonly long _offset;
    private readonly long _length;
    private readonly ReadWindow _window;
    private readonly Action<ContentWait>? _waited;
    private readonly RateMeter _rate = new();
    private TaskCompletionSource? _waiter;
    private int _usedPiece = -1;
    private int _waits;
    private long _position;
    private bool _disposed;

    public TorrentReader(TorrentState torrent, long offset, long length, Action<ContentWait>? waited)
    {
        _waited = waited;
        _torrent = torrent;
        _offset = offset;
        _length = length;
        lock (torrent.Gate)
        {
            _window = new ReadWindow(torrent.Info!.PieceLength) { Tail = FindTail() };
            // A full disk may have room again: whoever asks anew makes it tried anew.
            torrent.Failure = null;
            torrent.Readers.Add(this);
            torrent.Context.Cache?.ReaderOpened();
            torrent.Schedule!.AddWindow(_window);
            MoveWindow();
        }
    }

    /// <summary>The piece that a read is waiting for. Under the torrent's lock.</summary>
    public int? WaitsFor => _window.IsAwaited ? _window.Ahead.First : null;

    public override bool CanRead => !_disposed;

    public override bool CanSeek => !_disposed;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>Lets a waiting read look again. Under the torrent's lock.</summary>
    public void Wake()
    {
        _window.IsAwaited = false;
        _waiter?.TrySetResult();
        _waiter = null;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wanted = (int)Math.Min(buffer.Length, _length - _position);
        if (wanted <= 0)
        {
            return 0;
        }
        buffer = buffer[..wanted];
        while (true)
        {
            if (TryReadMemory(buffer.Span, out var read, out var wait))
            {
                return Advance(read);
            }
            if (wait is not null)
            {
                await WaitAsync(wait, cancellationToken);
                continue;
            }
            read = await _torrent.Store!.ReadAsync(_offset + _position, buffer, cancellationToken);
            if (read > 0)
            {
                return Advance(read);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => _length + offset,
    };

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The bytes come from a network: use ReadAsync.");

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        lock (_torrent.Gate)
        {
            if (!_disposed)
            {
                _disposed = true;
                Wake();
                _torrent.Readers.Remove(this);
                _torrent.Context.Cache?.ReaderClosed();
                _torrent.Schedule!.RemoveWindow(_window);
                _torrent.Download.DropUnwanted();
                _torrent.Download.FillAll();
            }
        }
        base.Dispose(disposing);
    }

    /// <summary>Copies from a piece that is verified and not yet on disk, or says what to wait for; neither when the disk has it.</summary>
    private bool TryReadMemory(Span<byte> buffer, out int read, out Task? wait)
    {
        read = 0;
        wait = null;
        lock (_torrent.Gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ThrowIfStopped();
            MoveWindow();
            var position = _offset + _position;
            var piece = (int)(position / _torrent.Info!.PieceLength);
            if (_torrent.Schedule!.Find(piece) is { IsVerified: true } assembly)
            {
                var within = (int)(position - ((long)piece * _torrent.Info.PieceLength));
                read = Math.Min(buffer.Length, assembly.Size - within);
                assembly.Data.Slice(within, read).CopyTo(buffer);
                return true;
            }
            if (!_torrent.Store!.HasPiece(piece))
            {
                ThrowIfFailed();
                _window.IsAwaited = true;
                _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _waiter.Task;
            }
            return false;
        }
    }

    private async Task WaitAsync(Task wait, CancellationToken cancellationToken)
    {
        var time = _torrent.Context.TimeProvider;
        var start = time.GetTimestamp();
        bool hadPeers;
        lock (_torrent.Gate)
        {
            hadPeers = _torrent.Peers.Count > 0;
        }
        using var span = _waits++ < MaxSpans ? SwarmTracing.PieceWait(hadPeers) : null;
        try
        {
            await wait.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_torrent.Gate)
            {
                _window.IsAwaited = false;
                _waiter = null;
            }
            throw;
        }
        finally
        {
            _waited?.Invoke(new ContentWait(time.GetElapsedTime(start), hadPeers));
        }
    }

    private int Advance(int read)
    {
        NoteUse();
        _position += read;
        _rate.Add(read, _torrent.Now);
        return read;
    }

    private void NoteUse()
    {
        var piece = (int)((_offset + _position) / _torrent.Info!.PieceLength);
        if (piece != _usedPiece && _torrent.Cached is { } cached)
        {
            _usedPiece = piece;
            _torrent.Context.Cache!.Used(cached, _torrent.Store!, piece);
        }
    }

    /// <summary>A disk that takes no more still gives what it has.</summary>
    private void ThrowIfFailed()
    {
        if (_torrent.Failure is TorrentStorageException failure)
        {
            throw new TorrentStorageException(failure.Message, failure.IsDiskFull, failure);
        }
    }

    private void ThrowIfStopped()
    {
        if (_torrent.Failure is InvalidTorrentException failure)
        {
            throw new IOException(failure.Message, failure);
        }
        if (_torrent.IsStopped)
        {
            throw new IOException("The torrent was stopped.");
        }
    }

    /// <summary>The last pieces of a part that does not fit into a window, unless they would take the place of what is read next.</summary>
    private PieceRange FindTail()
    {
        var least = _torrent.Context.Options.MinReadAhead;
        if (_length <= least)
        {
            return default;
        }
        var pieceLength = _torrent.Info!.PieceLength;
        var first = (int)(Math.Max(_offset, _offset + _length - TailBytes) / pieceLength);
        var tail = new PieceRange(first, (int)((_offset + _length - 1) / pieceLength) - first + 1);
        return MaxAhead() >= least + ((long)tail.Count * pieceLength) ? tail : default;
    }

    private long MaxAhead()
    {
        var most = _torrent.Context.Options.MaxReadAhead;
        return _torrent.Cached is null
            ? most
            : Math.Min(most, Math.Max(_torrent.Info!.PieceLength, _torrent.Context.Cache!.ReadAheadLimit(_torrent.Readers.Count)));
    }

    private void MoveWindow()
    {
        var most = MaxAhead();
        var ahead = Math.Clamp(_rate.Rate(_torrent.Now) * ReadAheadSeconds, Math.Min(_torrent.Context.Options.MinReadAhead, most), most);
        var before = _window.Ahead;
        var position = Math.Min(_offset + _position, _offset + _length);
        var jumped = position < _window.Position || position > _window.End;
        _window.Move(position, Math.Min(position + ahead, _offset + _length));
        if (_window.Ahead == before)
        {
            return;
        }
        if (jumped)
        {
            _torrent.Download.DropUnwanted();
        }
        _torrent.Download.FillAll();
    }
}
