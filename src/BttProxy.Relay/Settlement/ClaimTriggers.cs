using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// Decides which channels are worth a claim now. One that costs more than it brings never is; of the others a withdraw that runs comes first,
/// then the caps on what payers owe, a closed session, value against the fee, and age.
/// </summary>
internal sealed class ClaimTriggers(SettlementOptions options, CreditOptions credit)
{
    private static readonly TimeSpan SettlesAfter = TimeSpan.FromSeconds(10);

    private readonly FeeRule _fees = new(options);

    /// <summary>Channels to claim, the most urgent first, and of these the most valuable.</summary>
    public IReadOnlyList<ClaimChoice> Choose(IReadOnlyCollection<UnclaimedChannel> unclaimed, ClaimOccasion occasion)
    {
        var exposed = new ExposedPayers(unclaimed, options, credit);
        var worthwhile = Worthwhile(unclaimed, occasion.Costs);
        return [.. unclaimed
            .Where(channel => occasion.Costs is not { } costs || _fees.IsCovered(costs.RowFee(1), channel.Value))
            .Select(channel => (Channel: channel, Reason: Reason(channel, occasion, exposed, worthwhile)))
            .Where(static choice => choice.Reason is not null)
            .Select(static choice => new ClaimChoice(choice.Channel, choice.Reason!.Value))
            .OrderByDescending(static choice => choice.Reason)
            .ThenByDescending(static choice => choice.Channel.Value)];
    }

    private ClaimReason? Reason(
        UnclaimedChannel channel, ClaimOccasion occasion, ExposedPayers exposed, HashSet<UnclaimedChannel> worthwhile) =>
        channel.WithdrawAt is not null ? ClaimReason.Withdraw
        : exposed.Contains(channel.Payer) ? ClaimReason.Exposure
        : occasion.Costs is null && options.ClaimOnSessionClose && HasEnded(channel, occasion) ? ClaimReason.Closed
        : worthwhile.Contains(channel) ? ClaimReason.Value
        : occasion.Now - channel.AcceptedAt >= options.ClaimAge ? ClaimReason.Age
        : occasion.Everything ? ClaimReason.Asked
        : null;

    // The books tell it too: the word of another process, or of an earlier one, does not come. Time for a close that both agree to.
    private static bool HasEnded(UnclaimedChannel channel, ClaimOccasion occasion) =>
        occasion.Closed.Contains(channel.Id) || occasion.Now - channel.EndedAt >= SettlesAfter;

    /// <summary>
    /// The most valuable ones, as many as can share claims so that each row's own fee, and the whole fee, is a small part of what they bring.
    /// </summary>
    private HashSet<UnclaimedChannel> Worthwhile(IReadOnlyCollection<UnclaimedChannel> unclaimed, ClaimCosts? costs)
    {
        if (costs is null)
        {
            return [.. unclaimed.Where(channel => channel.Value >= options.ClaimValue)];
        }

        var batch = new List<UnclaimedChannel>();
        var (value, best) = (TokenAmount.Zero, 0);
        foreach (var channel in unclaimed.OrderByDescending(static channel => channel.Value))
        {
            if (!_fees.IsSmallPart(costs.RowFee(1), channel.Value))
            {
                break;
            }

            batch.Add(channel);
            value += channel.Value;
            best = _fees.IsSmallPart(costs.Total(batch.Count, options.MaxRowsPerClaim), value) ? batch.Count : best;
        }

        return [.. batch.Take(best)];
    }
}
