using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Fetching;

/// <summary>A relay that answered a probe. Changed only under the pool's lock.</summary>
internal sealed class RankedRelay(RelayOffer offer, TimeSpan latency)
{
    public RelayOffer Offer { get; } = offer;

    /// <summary>Time of a TLS handshake and one small request, as measured here.</summary>
    public TimeSpan Latency { get; } = latency;

    /// <summary>Visits in a row that ended by the relay's fault.</summary>
    public int Failures { get; set; }

    /// <summary>Not before then, by the clock's time stamp.</summary>
    public DateTimeOffset NotBefore { get; set; }

    public bool IsBanned { get; set; }

    /// <summary>It was taken anew since its last success, because its record had changed.</summary>
    public bool IsRenewed { get; set; }

    public LeaveReason? LastLeave { get; set; }

    public string? LastReason { get; set; }

    /// <summary>Connections in a row that fell silent where a censor's freeze does.</summary>
    public int FrozenConnections { get; set; }

    /// <summary>
    /// Lower is better: the price, raised by what is slow and what failed. A quarter of a second of latency weighs as much as
    /// double the price; free relays are compared by latency alone.
    /// </summary>
    /// <param name="fee">For opening a channel; zero when there is one.</param>
    /// <param name="bytes">That share the fee.</param>
    public double Score(TokenAmount fee, ByteCount bytes)
    {
        var price = (double)Offer.Price.Units + ((double)fee.Units * 1_000_000 / Math.Max(1, bytes.Value));
        return (1 + price) * (1 + (Latency.TotalSeconds * 4)) * Math.Pow(4, Failures);
    }
}
