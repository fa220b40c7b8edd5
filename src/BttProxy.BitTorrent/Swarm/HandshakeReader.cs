using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Takes the other side's handshake, or says in one word why there is none.</summary>
internal static class HandshakeReader
{
    /// <param name="stream">The connection.</param>
    /// <param name="timeout">Ends the wait.</param>
    /// <param name="stopping">Our own end, which is nobody's fault.</param>
    /// <exception cref="HandshakeException">It took too long, went away, or speaks another protocol.</exception>
    public static async Task<Handshake> ReadAsync(Stream stream, CancellationToken timeout, CancellationToken stopping)
    {
        var buffer = new byte[Handshake.Length];
        try
        {
            await stream.ReadExactlyAsync(buffer, timeout);
        }
        catch (OperationCanceledException exception) when (!stopping.IsCancellationRequested)
        {
            throw new HandshakeException(DropReason.HandshakeTimeout, exception);
        }
        catch (IOException exception)
        {
            throw new HandshakeException(DropReason.HandshakeFailed, exception);
        }
        return Handshake.TryParse(buffer, out var handshake) ? handshake : throw new HandshakeException(DropReason.HandshakeFailed);
    }
}
