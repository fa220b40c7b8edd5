using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Settlement;

/// <summary>Decides which channels are worth a claim now.</summary>
internal sealed record ClaimTriggers(TokenAmount Value, TimeSpan Age)
{
    /// <summary>Channels to claim, the most urgent first: a withdraw that runs, then a closed session, then value, then age.</summary>
    public IReadOnlyList<ChannelId> Choose(
        IEnumerable<UnclaimedChannel> unclaimed, IReadOnlySet<ChannelId> closed, bool everything, DateTimeOffset now) =>
        [.. unclaimed
            .Select(c => (Channel: c, Urgency: Urgency(c, closed, now)))
            .Where(c => everything || c.Urgency > 0)
            .OrderByDescending(c => c.Urgency)
            .ThenByDescending(c => c.Channel.Value)
            .Select(c => c.Channel.Id)];

    private int Urgency(UnclaimedChannel channel, IReadOnlySet<ChannelId> closed, DateTimeOffset now) =>
        channel.WithdrawAt is not null ? 4
        : closed.Contains(channel.Id) ? 3
        : channel.Value >= Value ? 2
        : now - channel.AcceptedAt >= Age ? 1
        : 0;
}
