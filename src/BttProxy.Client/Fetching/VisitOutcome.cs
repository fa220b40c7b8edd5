namespace BttProxy.Client.Fetching;

/// <summary>How a stay at a relay ended.</summary>
internal sealed record VisitOutcome(LeaveReason Reason, string Detail)
{
    /// <summary>True when the same relay may be asked again at once.</summary>
    public bool MayGoOn => Reason is LeaveReason.Finished or LeaveReason.ChannelSpent;

    /// <summary>True when nothing more is paid to the relay, not even what was verified.</summary>
    public bool ForfeitsPayment => Reason is LeaveReason.WrongBytes or LeaveReason.PaymentDispute or LeaveReason.WrongKey;
}
