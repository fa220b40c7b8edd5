using System.Buffers;

namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>
/// A connection after its encryption handshake: the bytes that came with the handshake, then what follows, in RC4 or in clear. One reader
/// and one writer at a time; owns the stream below.
/// </summary>
internal sealed class NegotiatedStream(Stream inner, Rc4? reading, Rc4? writing, ReadOnlyMemory<byte> first) : Stream
{
    // Large enough that writes stay few, small enough to stay in the processor's cache between the cipher and the socket.
    private const int MaxChunk = 64 * 1024;

    private ReadOnlyMemory<byte> _first = first;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_first.Length == 0)
        {
            return reading is null ? inner.ReadAsync(buffer, cancellationToken) : ReadEncryptedAsync(buffer, reading, cancellationToken);
        }
        var count = Math.Min(buffer.Length, _first.Length);
        _first[..count].CopyTo(buffer);
        _first = _first[count..];
        return ValueTask.FromResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        writing is null ? inner.WriteAsync(buffer, cancellationToken) : WriteEncryptedAsync(buffer, writing, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous reads only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous writes only.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadEncryptedAsync(Memory<byte> buffer, Rc4 cipher, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        cipher.Apply(buffer.Span[..read]);
        return read;
    }

    private async ValueTask WriteEncryptedAsync(ReadOnlyMemory<byte> bytes, Rc4 cipher, CancellationToken cancellationToken)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(Math.Min(bytes.Length, MaxChunk));
        try
        {
            while (bytes.Length > 0)
            {
                var count = Math.Min(bytes.Length, chunk.Length);
                cipher.Apply(bytes.Span[..count], chunk);
                await inner.WriteAsync(chunk.AsMemory(0, count), cancellationToken);
                bytes = bytes[count..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
