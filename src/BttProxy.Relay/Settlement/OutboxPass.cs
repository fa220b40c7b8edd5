using BttProxy.Protocol.Keys;

namespace BttProxy.Relay.Settlement;

/// <summary>What is left after a look at the outbox.</summary>
/// <param name="Refused">Channels whose claim the chain refused now.</param>
/// <param name="Pending">Claims under way.</param>
internal sealed record OutboxPass(IReadOnlyList<ChannelId> Refused, int Pending);
