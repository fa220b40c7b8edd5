using BttProxy.Ledger.Earnings;

namespace BttProxy.Relay.Settlement;

internal sealed record ClaimChoice(UnclaimedChannel Channel, ClaimReason Reason);
