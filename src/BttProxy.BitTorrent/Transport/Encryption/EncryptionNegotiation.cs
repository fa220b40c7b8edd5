namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>Runs a handshake over a stream.</summary>
internal static class EncryptionNegotiation
{
    /// <summary>The stream for what follows, or null when the other side was refused. It owns the given one, which stays open in either case.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="handshake">Our side.</param>
    /// <param name="received">What arrived already.</param>
    /// <param name="cancellationToken">Ends the wait for the other side.</param>
    /// <exception cref="IOException">The other side went away.</exception>
    public static async Task<Stream?> RunAsync(
        Stream stream, EncryptionHandshake handshake, ReadOnlyMemory<byte> received, CancellationToken cancellationToken)
    {
        var buffer = new byte[EncryptionHandshake.MaxStep * 2];
        received.CopyTo(buffer);
        var filled = received.Length;
        while (true)
        {
            var progress = handshake.Advance(buffer.AsSpan(0, filled), out var consumed);
            if (progress == EncryptionProgress.Refused)
            {
                return null;
            }
            filled -= consumed;
            buffer.AsSpan(consumed, filled).CopyTo(buffer);
            if (handshake.Output.WrittenCount > 0)
            {
                await stream.WriteAsync(handshake.Output.WrittenMemory, cancellationToken);
                handshake.Output.ResetWrittenCount();
            }
            if (progress == EncryptionProgress.Complete)
            {
                return Continue(stream, handshake, buffer.AsSpan(0, filled));
            }
            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException("The other side went away in the encryption handshake.");
            }
            filled += read;
        }
    }

    private static Stream Continue(Stream stream, EncryptionHandshake handshake, Span<byte> rest)
    {
        var isEncrypted = handshake.Selected == CryptoMethods.Rc4;
        if (isEncrypted)
        {
            handshake.Reading!.Apply(rest);
        }
        byte[] first = [.. handshake.InitialPayload.Span, .. rest];
        if (!isEncrypted && first.Length == 0)
        {
            return stream;
        }
        return new NegotiatedStream(
            stream, isEncrypted ? handshake.Reading : null, isEncrypted ? handshake.Writing : null, first);
    }
}
