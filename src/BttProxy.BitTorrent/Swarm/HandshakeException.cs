namespace BttProxy.BitTorrent.Swarm;

/// <summary>The other side was reached and did not become a peer.</summary>
internal sealed class HandshakeException(DropReason reason, Exception? inner = null) : IOException($"The handshake failed: {reason}.", inner)
{
    public DropReason Reason { get; } = reason;
}
