using System.Net;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>An entry of <see cref="PeerBook"/>.</summary>
internal sealed class KnownPeer(PeerSource source, IPAddress? teller)
{
    /// <summary>The best of those who named it.</summary>
    public PeerSource Source { get; set; } = source;

    /// <summary>The peer that named it first, in peer exchange.</summary>
    public IPAddress? Teller { get; } = teller;

    /// <summary>Dialled or connected.</summary>
    public bool InUse { get; set; }

    public int Failures { get; set; }

    public long RetryAt { get; set; }
}
