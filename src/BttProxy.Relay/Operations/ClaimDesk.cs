using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

/// <summary>Claims that the operator asks for, through the outbox that the relay's own claims go through.</summary>
internal sealed class ClaimDesk(RelayLedger ledger, SettlementWorker settlement)
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
        var lines = await ledger.ClaimSummariesAsync(claims.ClaimIds, cancellationToken);
        return new ClaimProgress([.. lines.Select(ClaimLine.Of)], [], 0, problem?.Message, problem?.IsTransient ?? false);
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
                lines.Add(ClaimLine.Of(claim) with { Value = before.Unclaimed });
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
            await settlement.ClaimAsync(channels, cancellationToken);
            return null;
        }
        catch (ChainException e)
        {
            return e;
        }
    }
}
