using System.Net;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>How peer exchange with one peer stands; see <see cref="PeerExchange"/>.</summary>
internal sealed class PeerExchangeStanding
{
    /// <summary>The number under which the peer takes ut_pex messages; 0 = it does not.</summary>
    public byte RemoteId { get; set; }

    /// <summary>When it is told next.</summary>
    public long SendAt { get; set; }

    /// <summary>Whom it was told of and not yet that they left: no more than were connected, and who left since the last message.</summary>
    public HashSet<IPEndPoint> Told { get; } = [];

    /// <summary>When a message of its was last taken; null before the first.</summary>
    public long? ReceivedAt { get; set; }

    /// <summary>Messages since then that came too soon.</summary>
    public int Ignored { get; set; }
}
