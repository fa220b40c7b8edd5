using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Sessions;

/// <summary>An opened session, what its channel still waits for, or why there is none.</summary>
internal sealed record SessionOutcome(SessionRejection Rejection, SessionOpened? Opened, SignedVoucher? LastVoucher = null)
{
    public ChannelPending? Pending { get; private init; }

    public static SessionOutcome WaitsFor(ChannelPending pending) => new(SessionRejection.Accepted, null) { Pending = pending };

    public static SessionOutcome Refused(SessionRejection rejection, SignedVoucher? lastVoucher = null) => new(rejection, null, lastVoucher);
}
