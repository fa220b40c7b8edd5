using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

/// <summary>Claims that the operator asks for, through the outbox that the relay's own claims go through.</summary>
internal sealed class ClaimDesk(RelayLedger ledger, SettlementWorker settlement, RunningParts parts)
{
    public async Task<ClaimProgress> ClaimAsync(ClaimOrder order, CancellationToken cancellationToken)
    {
        var selection = await ClaimSelection.MakeAsync(order, ledger, settlement, cancellationToken);
        return selection.Chosen.Count == 0
            ? new ClaimProgress([], selection.LeftOut, selection.Later, null, false)
            : await ClaimAsync(selection, cancellationToken);
    }

    public async Task<ClaimProgress> FollowAsync(ClaimFollowUp claims, CancellationToken cancellationToken)
    {
        var problem = await LookAsync([], cancellationToken);
        var lines = (await ledger.ClaimSummariesAsync(claims.ClaimIds, cancellationToken)).ConvertAll(ClaimLine.Of);
        var (rest, restProblem) = await ClaimRestAsync(claims.ClaimIds, cancellationToken);
        return Progress([.. lines, .. rest], [], 0, restProblem ?? problem);
    }

    /// <summary>
    /// What is left of closing channels when a claim that was under way before has paid less than the best voucher. Other channels rise while
    /// their sessions run; theirs is left to the next order.
    /// </summary>
    private async Task<IReadOnlyDictionary<ChannelId, TokenAmount>> RestAsync(IReadOnlyList<long> claimIds, CancellationToken cancellationToken)
    {
        var paid = (await ledger.ClaimSummariesAsync(claimIds, cancellationToken))
            .Where(static claim => claim.State == ClaimState.Settled).Select(static claim => claim.ChannelId).ToHashSet();
        var channels = paid.Count == 0 ? [] : await ledger.ChannelSummariesAsync(cancellationToken);
        return channels
            .Where(channel => paid.Contains(channel.Id) && channel is { IsClosing: true, Claim.State: ClaimState.Settled } && channel.Unclaimed > TokenAmount.Zero)
            .ToDictionary(static channel => channel.Id, static channel => channel.Unclaimed);
    }

    private async Task<ClaimProgress> ClaimAsync(ClaimSelection selection, CancellationToken cancellationToken)
    {
        var problem = await LookAsync([.. selection.Chosen.Select(static channel => channel.Id)], cancellationToken);
        var now = (await ledger.ChannelSummariesAsync(cancellationToken)).ToDictionary(static channel => channel.Id);
        var earlier = (await ledger.ClaimSummariesAsync(
            [.. selection.Chosen.Select(static channel => channel.Claim).OfType<ClaimSummary>().Where(static claim => claim.IsUnderWay).Select(static claim => claim.Id)],
            cancellationToken)).ToDictionary(static claim => claim.ChannelId);
        var (lines, leftOut) = (new List<ClaimLine>(), selection.LeftOut.ToList());
        foreach (var before in selection.Chosen)
        {
            var wasUnderWay = earlier.TryGetValue(before.Id, out var claim);
            if (wasUnderWay)
            {
                lines.Add(ClaimLine.Of(claim!) with { Value = before.UnderWay });
            }

            if (now[before.Id].Claim is { } queued && queued.Id > (before.Claim?.Id ?? 0))
            {
                lines.Add(ClaimLine.Of(queued) with { Value = before.Unclaimed.SubtractSaturating(before.UnderWay) });
            }
            else if (!wasUnderWay)
            {
                leftOut.Add(new ChannelNote(before.Id, before.Unclaimed, "it is claimed by now, or its close is under way"));
            }
        }

        var (rest, restProblem) = await ClaimRestAsync([.. lines.Select(static line => line.Id)], cancellationToken);
        return Progress([.. lines, .. rest], leftOut, selection.Later, restProblem ?? problem);
    }

    private static ClaimProgress Progress(
        IEnumerable<ClaimLine> lines, IReadOnlyList<ChannelNote> leftOut, long later, ChainException? problem) =>
        new([.. lines.DistinctBy(static claim => claim.Id)], leftOut, later, problem?.Message, problem?.IsTransient ?? false);

    private async Task<(IEnumerable<ClaimLine> Lines, ChainException? Problem)> ClaimRestAsync(
        IReadOnlyList<long> claimIds, CancellationToken cancellationToken)
    {
        var rest = await RestAsync(claimIds, cancellationToken);
        if (rest.Count == 0)
        {
            return ([], null);
        }

        var problem = await LookAsync([.. rest.Keys], cancellationToken);
        var channels = await ledger.ChannelSummariesAsync(cancellationToken);
        return (channels.Where(channel => rest.ContainsKey(channel.Id)).Select(channel => ClaimLine.Of(channel.Claim!) with { Value = rest[channel.Id] }), problem);
    }

    /// <summary>What keeps claims in the outbox; it goes on with them by itself.</summary>
    private async Task<ChainException?> LookAsync(IReadOnlyList<ChannelId> channels, CancellationToken cancellationToken)
    {
        try
        {
            // One process sends.
            await (parts.IsSettledElsewhere ? ledger.QueueClaimsAsync(channels, cancellationToken) : settlement.ClaimAsync(channels, cancellationToken));
            return null;
        }
        catch (ChainException e)
        {
            return e;
        }
    }
}
