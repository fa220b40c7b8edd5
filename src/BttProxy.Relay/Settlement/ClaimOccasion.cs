using BttProxy.Protocol.Keys;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>What the triggers look at besides the channels.</summary>
/// <param name="Now">The relay's clock.</param>
/// <param name="Closed">Channels whose session has closed and that are not claimed since.</param>
/// <param name="Costs">What claims cost; null when fees are not looked at.</param>
/// <param name="Everything">Claim without any other reason whatever is worth its fee.</param>
internal sealed record ClaimOccasion(DateTimeOffset Now, IReadOnlySet<ChannelId> Closed, ClaimCosts? Costs, bool Everything);
