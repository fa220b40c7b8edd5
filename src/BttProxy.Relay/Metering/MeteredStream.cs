namespace BttProxy.Relay.Metering;

/// <summary>Response body that lets bytes pass only while the session has credit. Bytes are gated before the inner write.</summary>
internal sealed class MeteredStream(Stream inner, MeteredResponse response) : OneWayStream
{
    public override bool CanWrite => true;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            // YARP sends zero-byte writes to push headers out; they carry nothing that is paid for.
            return inner.WriteAsync(buffer, cancellationToken);
        }

        if (response.TryTake(buffer.Length))
        {
            // A write that fails stays counted: its connection is gone, and what did not arrive is forgiven when the response ends.
            return inner.WriteAsync(buffer, cancellationToken);
        }

        return WriteGatedAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Metered responses are written asynchronously.");

    private async ValueTask WriteGatedAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var granted = await response.TakeAsync(buffer.Length, inner, cancellationToken);
            await inner.WriteAsync(buffer[..granted], cancellationToken);
            buffer = buffer[granted..];
        }
    }
}
