using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Sessions;

/// <summary>An opened session, or why there is none.</summary>
internal sealed record SessionOutcome(SessionRejection Rejection, SessionOpened? Opened, SignedVoucher? LastVoucher = null)
{
    public static SessionOutcome Refused(SessionRejection rejection, SignedVoucher? lastVoucher = null) => new(rejection, null, lastVoucher);
}
