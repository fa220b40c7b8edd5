namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>The bytes of one uTP connection: one reader and one writer at a time. Disposing it sends what was written, then says goodbye.</summary>
internal sealed class UtpStream(UtpSession session) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The other side ended the connection, or answers no more.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        session.ReadAsync(buffer, cancellationToken);

    /// <summary>Completes when everything has a place to wait in; that is bounded, so a slow peer slows the writer.</summary>
    /// <exception cref="IOException">The other side ended the connection, or answers no more.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        session.WriteAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reads.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous writes.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing waits here: a write goes to the connection at once.
    }

    protected override void Dispose(bool disposing)
    {
        session.Close();
        base.Dispose(disposing);
    }
}
