using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// The first bytes of a connection, in clear or after an encryption handshake, over any stream. Says in one word why there is no peer; the
/// given stream stays open then.
/// </summary>
/// <param name="stream">The connection.</param>
/// <param name="policy">What is offered and accepted.</param>
/// <param name="timeout">Ends the wait.</param>
/// <param name="stopping">Our own end, which is nobody's fault.</param>
internal sealed class PeerHandshake(Stream stream, EncryptionPolicy policy, CancellationToken timeout, CancellationToken stopping)
{
    /// <summary>The side that dialled.</summary>
    /// <param name="own">Ours; the other side must mean the same torrent.</param>
    /// <param name="version2">The torrent's v2 info-hash, by which who knows it may answer a v1 one (BEP 52).</param>
    /// <param name="encrypted">Begin with the encryption handshake.</param>
    /// <exception cref="HandshakeException">It took too long, went away, speaks another protocol, or means another torrent.</exception>
    public Task<(Stream Stream, Handshake Handshake)> OpenAsync(Handshake own, InfoHash? version2, bool encrypted) => ExplainAsync(async () =>
    {
        var first = new byte[Handshake.Length];
        own.Write(first);
        var opened = stream;
        if (encrypted)
        {
            var offered = policy == EncryptionPolicy.Require ? CryptoMethods.Rc4 : CryptoMethods.Plaintext | CryptoMethods.Rc4;
            var negotiation = new InitiatorHandshake(KeyExchange.Create(), own.InfoHash, offered, first);
            opened = await NegotiateAsync(negotiation, received: default);
        }
        else
        {
            await stream.WriteAsync(first, timeout);
        }
        var handshake = await ReadAsync(opened, new byte[Handshake.Length], filled: 0);
        return handshake.InfoHash == own.InfoHash || handshake.InfoHash == version2
            ? (opened, handshake)
            : throw new HandshakeException(DropReason.HandshakeFailed);
    });

    /// <summary>The side that was dialled. Our answer is not sent yet.</summary>
    /// <param name="torrents">All names of the torrents that we have.</param>
    /// <exception cref="HandshakeException">It took too long, went away, or speaks another protocol.</exception>
    public Task<(Stream Stream, Handshake Handshake)> TakeAsync(Func<IEnumerable<InfoHash>> torrents) => ExplainAsync(async () =>
    {
        var buffer = new byte[Handshake.Length];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, Handshake.ProtocolLength), timeout);
        var isPlain = Handshake.IsProtocol(buffer);
        if (policy == (isPlain ? EncryptionPolicy.Require : EncryptionPolicy.Off))
        {
            throw new HandshakeException(isPlain ? DropReason.NotEncrypted : DropReason.HandshakeFailed);
        }
        if (isPlain)
        {
            return (stream, await ReadAsync(stream, buffer, Handshake.ProtocolLength));
        }
        // In clear where both may choose: see EncryptionPolicy.Prefer.
        CryptoMethods[] accepted = policy == EncryptionPolicy.Require ? [CryptoMethods.Rc4] : [CryptoMethods.Plaintext, CryptoMethods.Rc4];
        var negotiation = new ResponderHandshake(KeyExchange.Create(), torrents, accepted);
        var opened = await NegotiateAsync(negotiation, buffer.AsMemory(0, Handshake.ProtocolLength));
        return (opened, await ReadAsync(opened, buffer, filled: 0));
    });

    private async Task<Stream> NegotiateAsync(EncryptionHandshake handshake, ReadOnlyMemory<byte> received) =>
        await EncryptionNegotiation.RunAsync(stream, handshake, received, timeout) ?? throw new HandshakeException(DropReason.HandshakeFailed);

    private async Task<Handshake> ReadAsync(Stream from, byte[] buffer, int filled)
    {
        await from.ReadExactlyAsync(buffer.AsMemory(filled), timeout);
        return Handshake.TryParse(buffer, out var handshake) ? handshake : throw new HandshakeException(DropReason.HandshakeFailed);
    }

    private async Task<T> ExplainAsync<T>(Func<Task<T>> shake)
    {
        try
        {
            return await shake();
        }
        catch (OperationCanceledException exception) when (!stopping.IsCancellationRequested)
        {
            throw new HandshakeException(DropReason.HandshakeTimeout, exception);
        }
        catch (IOException exception) when (exception is not HandshakeException)
        {
            throw new HandshakeException(DropReason.HandshakeFailed, exception);
        }
    }
}
