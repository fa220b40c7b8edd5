using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Settlement;

/// <summary>A session's channel as it is final on chain, what it still waits for, or why it cannot be used.</summary>
internal sealed record ChannelFinding(OnChainState? Channel, ChannelPending? Pending, SessionRejection Rejection)
{
    public static ChannelFinding Found(OnChainState channel) => new(channel, null, SessionRejection.Accepted);

    public static ChannelFinding WaitsFor(ChannelPending pending) => new(null, pending, SessionRejection.Accepted);

    public static ChannelFinding Refused(SessionRejection rejection) => new(null, null, rejection);
}
