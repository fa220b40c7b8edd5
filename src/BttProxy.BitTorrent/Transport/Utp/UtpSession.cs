using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>One connection on its endpoint: the lock around it, who waits for it, and the way of its packets to the socket.</summary>
internal sealed class UtpSession(UtpEndpoint endpoint, UtpConnection connection, UtpKey key, SocketAddress remote, IPEndPoint remoteEndPoint)
{
    // A writer that waits for room gets as much that one wake-up is worth it.
    private const int WorthwhileRoom = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly Channel<bool> _readable = NewSignal();
    private readonly Channel<bool> _writable = NewSignal();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isReaderWaiting;
    private bool _isWriterWaiting;
    private bool _isPaced;
    private bool _isDisposed;

    public UtpKey Key => key;

    public ushort SendId => connection.SendId;

    public IPEndPoint RemoteEndPoint => remoteEndPoint;

    /// <summary>The other side opened it, and its address has a place to give back.</summary>
    public bool IsIncoming { get; init; }

    /// <summary>Waits in the receive loop for the end of a batch; only that loop touches it.</summary>
    public bool IsTouched { get; set; }

    public void OnPacket(in UtpPacket packet, long now)
    {
        lock (_gate)
        {
            connection.OnPacket(packet, now);
        }
    }

    /// <summary>Sends what is due and wakes who waits.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            Pump(endpoint.Now);
        }
    }

    /// <summary>The moment of packets that waited for it.</summary>
    public void OnPace()
    {
        lock (_gate)
        {
            _isPaced = false;
            Pump(endpoint.Now);
        }
    }

    public void OnTime()
    {
        lock (_gate)
        {
            var now = endpoint.Now;
            connection.OnTime(now);
            Pump(now);
        }
    }

    /// <summary>Sends the SYN and waits for its answer.</summary>
    /// <exception cref="SocketException">There is none, or it is a refusal.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Flush();
        await _settled.Task.WaitAsync(cancellationToken);
        lock (_gate)
        {
            if (connection.Failure != UtpFailure.None)
            {
                throw Error();
            }
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (TryRead(target.Span, out var count))
                {
                    return count;
                }
                _isReaderWaiting = true;
            }
            await _readable.Reader.ReadAsync(cancellationToken);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                ThrowIfUnusable();
                var now = endpoint.Now;
                bytes = bytes[connection.Write(bytes.Span, now)..];
                Pump(now);
                if (bytes.IsEmpty)
                {
                    return;
                }
                _isWriterWaiting = true;
            }
            await _writable.Reader.ReadAsync(cancellationToken);
        }
    }

    /// <summary>Ends it: what was written still goes out, unless the other side goes on sending.</summary>
    public void Close()
    {
        lock (_gate)
        {
            var now = endpoint.Now;
            _isDisposed = true;
            connection.Close(now);
            Pump(now);
        }
    }

    /// <summary>Ends it at once.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            connection.Abort();
            Pump(endpoint.Now);
        }
    }

    private static Channel<bool> NewSignal() => Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private bool TryRead(Span<byte> target, out int count)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(UtpStream));
        count = connection.Read(target);
        if (count > 0)
        {
            if (connection.IsWindowUpdateDue)
            {
                Pump(endpoint.Now);
            }
            return true;
        }
        if (!connection.IsAtEnd)
        {
            ThrowIfUnusable();
        }
        return connection.IsAtEnd || target.IsEmpty;
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(UtpStream));
        if (connection.IsClosed)
        {
            var error = Error();
            throw new IOException(error.Message, error);
        }
    }

    private SocketException Error() => new((int)(connection.Failure switch
    {
        UtpFailure.Refused => SocketError.ConnectionRefused,
        UtpFailure.Unreachable => SocketError.TimedOut,
        _ => SocketError.ConnectionReset,
    }));

    private void Pump(long now)
    {
        SendDue(now);
        if (connection.IsConnected || connection.IsClosed)
        {
            _settled.TrySetResult();
        }
        if (_isReaderWaiting && (connection.CanRead || connection.IsClosed || _isDisposed))
        {
            _isReaderWaiting = false;
            _readable.Writer.TryWrite(true);
        }
        if (_isWriterWaiting && (connection.Free >= WorthwhileRoom || connection.IsClosed || _isDisposed))
        {
            _isWriterWaiting = false;
            _writable.Writer.TryWrite(true);
        }
        if (connection.IsPaced && !_isPaced)
        {
            _isPaced = true;
            endpoint.Pace(this);
        }
        if (connection.IsOver)
        {
            endpoint.Forget(this);
        }
    }

    private void SendDue(long now)
    {
        var batch = ArrayPool<byte>.Shared.Rent(UtpSocket.MaxBatch);
        var filled = 0;
        while (connection.TryTakePacket(batch.AsSpan(filled, UtpLimits.MaxDatagram), now, out var length))
        {
            filled += length;
            if (length < UtpLimits.MaxDatagram || filled == UtpSocket.MaxBatch)
            {
                endpoint.Transmit(batch.AsSpan(0, filled), remote);
                filled = 0;
            }
        }
        if (filled > 0)
        {
            endpoint.Transmit(batch.AsSpan(0, filled), remote);
        }
        ArrayPool<byte>.Shared.Return(batch);
    }
}
