using BttProxy.Client.Tunnels;

namespace BttProxy.Client.Fetching;

/// <summary>How a stay at a relay ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">One line.</param>
/// <param name="Renewed">The relay's newer record, where it refused because ours is old.</param>
internal sealed record VisitOutcome(LeaveReason Reason, string Detail, RelayOffer? Renewed = null)
{
    /// <summary>True when the same relay may be asked again at once.</summary>
    public bool MayGoOn => Reason is LeaveReason.Finished or LeaveReason.ChannelSpent;

    /// <summary>True when nothing more is paid to the relay, not even what was verified.</summary>
    public bool ForfeitsPayment => Reason is LeaveReason.WrongBytes or LeaveReason.PaymentDispute or LeaveReason.WrongKey;
}
