using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Settlement;

namespace BttProxy.Relay.Operations;

/// <summary>Which channels an order means.</summary>
/// <param name="Chosen">The most valuable first.</param>
/// <param name="LeftOut">And why.</param>
/// <param name="Later">Further ones, too many for one order.</param>
internal sealed record ClaimSelection(IReadOnlyList<ChannelSummary> Chosen, IReadOnlyList<ChannelNote> LeftOut, long Later)
{
    // Fifty full transactions.
    private const int MaxChannels = 1000;

    /// <exception cref="OperationException">A channel is not known.</exception>
    public static async Task<ClaimSelection> MakeAsync(
        ClaimOrder order, RelayLedger ledger, SettlementWorker settlement, CancellationToken cancellationToken)
    {
        var channels = await ledger.ChannelSummariesAsync(cancellationToken);
        return order.Channels.Count > 0
            ? Named(order, channels)
            : Unnamed(channels, order.All ? null : await settlement.WorthwhileAsync(cancellationToken));
    }

    private static ClaimSelection Named(ClaimOrder order, List<ChannelSummary> channels)
    {
        var named = order.Channels.Take(MaxChannels).Select(name => ChannelNames.Find(channels, name)).DistinctBy(static channel => channel.Id).ToArray();
        return new ClaimSelection(
            [.. named.Where(HasWork).OrderByDescending(static channel => channel.Unclaimed)],
            [.. named.Where(static channel => !HasWork(channel)).Select(static channel => new ChannelNote(channel.Id, TokenAmount.Zero, "there is nothing to claim"))],
            Math.Max(0, order.Channels.Count - MaxChannels));
    }

    private static ClaimSelection Unnamed(List<ChannelSummary> channels, IReadOnlyList<ClaimChoice>? worthwhile)
    {
        var ids = worthwhile?.Select(static choice => choice.Channel.Id).ToHashSet();
        var candidates = channels.Where(HasWork).OrderByDescending(static channel => channel.Unclaimed).ToArray();
        var chosen = candidates.Take(MaxChannels).ToLookup(
            channel => ids is null || ids.Contains(channel.Id) || channel.Claim is { IsUnderWay: true });
        return new ClaimSelection(
            [.. chosen[true]],
            [.. chosen[false].Select(static channel => new ChannelNote(channel.Id, channel.Unclaimed, "the fee would be more than it brings; --all claims it too"))],
            Math.Max(0, candidates.Length - MaxChannels));
    }

    private static bool HasWork(ChannelSummary channel) => channel.Unclaimed > TokenAmount.Zero || channel.Claim is { IsUnderWay: true };
}
