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
        var rest = await RestAsync(claims.ClaimIds, cancellationToken);
        var problem = await LookAsync([.. rest.Keys], cancellationToken);
        var lines = (await ledger.ClaimSummariesAsync(claims.ClaimIds, cancellationToken)).ConvertAll(ClaimLine.Of);
        if (rest.Count > 0)
        {
            lines.AddRange((await ledger.ChannelSummariesAsync(cancellationToken))
                .Where(channel => rest.ContainsKey(channel.Id))
                .Select(channel => ClaimLine.Of(channel.Claim!) with { Value = rest[channel.Id] }));
        }

        return new ClaimProgress([.. lines.DistinctBy(static claim => claim.Id)], [], 0, problem?.Message, problem?.IsTransient ?? false);
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
        var (lines, leftOut) = (new List<ClaimLine>(), selection.LeftOut.ToList());
        foreach (var before in selection.Chosen)
        {
            // The claim that was under way already, or the one that was queued now.
            if (now[before.Id].Claim is { } claim && (before.Claim is { IsUnderWay: true } || claim.Id > (before.Claim?.Id ?? 0)))
            {
                lines.Add(ClaimLine.Of(claim) with { Value = before.Claim is { IsUnderWay: true } ? before.UnderWay : before.Unclaimed });
            }
            else
            {
                leftOut.Add(new ChannelNote(before.Id, before.Unclaimed, "it is claimed by now, or its close is under way"));
            }
        }

        return new ClaimProgress(lines, leftOut, selection.Later, problem?.Message, problem?.IsTransient ?? false);
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
