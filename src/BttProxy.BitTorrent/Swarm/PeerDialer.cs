using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Connects to a peer if the guard allows it, up to and including both handshakes.</summary>
internal static class PeerDialer
{
    /// <exception cref="DialRefusedException">The guard does not allow the address.</exception>
    /// <exception cref="HandshakeException">The other side speaks another protocol, means another torrent, or went away.</exception>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public static async Task<(Stream Stream, Handshake Handshake)> ConnectAsync(
        TorrentState torrent, IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        HandshakeException? failure = null;
        // Not every peer of a hybrid torrent (BEP 52) is in both swarms.
        foreach (var swarm in torrent.SwarmHashes)
        {
            try
            {
                return await ConnectAsync(torrent, endPoint, swarm, cancellationToken);
            }
            catch (HandshakeException exception) when (exception.Reason == DropReason.HandshakeFailed)
            {
                failure = exception;
            }
        }
        throw failure!;
    }

    private static async Task<(Stream Stream, Handshake Handshake)> ConnectAsync(
        TorrentState torrent, IPEndPoint endPoint, InfoHash swarm, CancellationToken cancellationToken)
    {
        var options = torrent.Context.Options;
        switch (options.Encryption)
        {
            case EncryptionPolicy.Off:
                return await ConnectAsync(torrent, endPoint, swarm, encrypted: false, options.HandshakeTimeout, cancellationToken);
            case EncryptionPolicy.Require:
                return await ConnectAsync(torrent, endPoint, swarm, encrypted: true, options.HandshakeTimeout, cancellationToken);
        }
        try
        {
            // Who does not know encryption hangs up; who says nothing at all must not hold a place twice as long as before.
            return await ConnectAsync(torrent, endPoint, swarm, encrypted: true, options.HandshakeTimeout / 2, cancellationToken);
        }
        catch (HandshakeException)
        {
            return await ConnectAsync(torrent, endPoint, swarm, encrypted: false, options.HandshakeTimeout, cancellationToken);
        }
    }

    private static async Task<(Stream Stream, Handshake Handshake)> ConnectAsync(
        TorrentState torrent, IPEndPoint endPoint, InfoHash swarm, bool encrypted, TimeSpan handshakeTimeout,
        CancellationToken cancellationToken)
    {
        var context = torrent.Context;
        int failures;
        lock (torrent.Gate)
        {
            failures = torrent.Book.FailuresOf(endPoint);
        }
        var stream = await PeerTransport.ConnectAsync(context, endPoint, failures, cancellationToken);
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            // Linked sources know no TimeProvider; network timeouts are real time anyway.
            timeout.CancelAfter(handshakeTimeout);
            return await new PeerHandshake(stream, context.Options.Encryption, timeout.Token, cancellationToken)
                .OpenAsync(torrent.OwnHandshake(swarm), torrent.Version2Hash, encrypted);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
