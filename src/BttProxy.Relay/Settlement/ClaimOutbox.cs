using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// Sends queued claims and follows them until nothing can undo them; never waits for a block. A transaction is stored whole before it is sent,
/// so whatever is interrupted goes on as the same transaction, and one whose fate is unknown is pending, never failed. Used by one at a time.
/// </summary>
internal sealed partial class ClaimOutbox(
    IChannelChain chain, RelayLedger ledger, Exposure exposure, int maxRows, SettlementMetrics metrics, TimeProvider time, ILogger<ClaimOutbox> logger)
{
    private const int MaxQueued = 10_000;

    // A node that lost a transaction gets it again; one that has it does not mind.
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(15);

    /// <summary>One look at everything in the outbox.</summary>
    /// <exception cref="ChainException">The chain cannot be reached, or does not take a transaction; everything that is left stays in the outbox.</exception>
    public async Task<OutboxPass> FlushAsync(CancellationToken cancellationToken)
    {
        var refused = new List<ChannelId>();
        ChainException? problem = null;
        foreach (var transaction in await ledger.UnfinishedTransactionsAsync(cancellationToken))
        {
            try
            {
                await FollowAsync(transaction, refused, cancellationToken);
            }
            catch (ChainException e) when (!e.IsTransient)
            {
                // About this one; what became of the others is still to be known.
                problem = e;
            }
        }

        var queued = await ledger.ClaimsAsync(ClaimState.Queued, MaxQueued, cancellationToken);
        foreach (var claims in ClaimBatches.Of(queued, Math.Min(maxRows, chain.MaxClaimRows)))
        {
            if (await SendAsync(claims, refused, cancellationToken) is { } sent)
            {
                await FollowAsync(sent, refused, cancellationToken);
            }
        }

        var left = await ledger.UnfinishedTransactionsAsync(cancellationToken);
        metrics.Pending(left);
        if (problem is not null)
        {
            throw problem;
        }

        return new OutboxPass(refused, left.Count);
    }

    private async Task FollowAsync(ClaimTransaction transaction, List<ChannelId> refused, CancellationToken cancellationToken)
    {
        var status = await chain.ClaimStatusAsync(Of(transaction), cancellationToken);
        switch (status.Stage)
        {
            case ClaimStage.Solidified:
                await RecordAsync(transaction, status, refused);
                break;
            case ClaimStage.Reverted:
                await EndAsync(transaction, status, static (claim, reason) => ClaimVerdict.Failed(claim.Id, reason), refused);
                break;
            case ClaimStage.Expired:
                await EndAsync(transaction, status, static (claim, reason) => ClaimVerdict.Again(claim.Id, reason), []);
                break;
            case ClaimStage.Included when transaction.State != ClaimTransactionState.Included:
                await ledger.TransactionSeenAsync(transaction.Id, status.Block, cancellationToken);
                break;
            case ClaimStage.Unknown:
                await ResendAsync(transaction, cancellationToken);
                break;
        }
    }

    private async Task ResendAsync(ClaimTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.State == ClaimTransactionState.Included)
        {
            LogUndone(transaction.Id);
            await ledger.TransactionSeenAsync(transaction.Id, null, cancellationToken);
        }
        else if (transaction.SentAt is { } sent && time.GetUtcNow() - sent < ResendAfter)
        {
            return;
        }

        await BroadcastAsync(transaction, cancellationToken);
    }

    /// <summary>Null when nothing of it can be sent.</summary>
    private async Task<ClaimTransaction?> SendAsync(
        IReadOnlyList<ClaimRecord> claims, List<ChannelId> refused, CancellationToken cancellationToken)
    {
        var good = await DropRefusedAsync(claims, refused, cancellationToken);
        if (good.Count == 0)
        {
            return null;
        }

        var prepared = await chain.PrepareClaimAsync(Rows(good), cancellationToken);
        var transaction = new ClaimTransaction
        {
            Id = prepared.Transaction.Id,
            Payload = prepared.Transaction.Payload,
            FeeLimit = prepared.FeeLimit,
            ExpiresAt = prepared.Transaction.Expiration,
        };
        if (!await ledger.StoreTransactionAsync(transaction, good, cancellationToken))
        {
            return null;
        }

        LogPrepared(good.Count, transaction.Id, prepared.Energy);
        await BroadcastAsync(transaction, cancellationToken);
        return transaction with { State = ClaimTransactionState.Broadcast, SentAt = time.GetUtcNow() };
    }

    private async Task BroadcastAsync(ClaimTransaction transaction, CancellationToken cancellationToken)
    {
        await chain.SubmitAsync(Of(transaction), cancellationToken);
        await ledger.TransactionSentAsync(transaction.Id, cancellationToken);
    }

    /// <summary>The claims that the contract would pay. One bad row costs energy, and tells that our books differ from the chain's.</summary>
    private async Task<List<ClaimRecord>> DropRefusedAsync(
        IReadOnlyList<ClaimRecord> claims, List<ChannelId> refused, CancellationToken cancellationToken)
    {
        var good = new List<ClaimRecord>(claims.Count);
        var outcomes = await chain.JudgeClaimAsync(Rows(claims), cancellationToken);
        for (var i = 0; i < claims.Count; i++)
        {
            var (claim, channel) = (claims[i], claims[i].Voucher.Voucher.ChannelId);
            switch (outcomes[i])
            {
                case ClaimOutcome.Claimed:
                    good.Add(claim);
                    break;
                case ClaimOutcome.AlreadyClaimed or ClaimOutcome.WrongEpoch when await chain.ChannelAsync(channel, cancellationToken) is { } now:
                    // Somebody else has claimed or closed it. With a later epoch this ends the claim too.
                    await ledger.SaveChannelAsync(
                        channel, claim.Terms, new OnChainState(now.Epoch, now.Reserved, now.Claimed, now.WithdrawAt), cancellationToken);
                    await ledger.EndClaimAsync(
                        outcomes[i] == ClaimOutcome.AlreadyClaimed && now.Epoch == claim.Voucher.Voucher.Epoch
                            ? ClaimVerdict.Settled(claim.Id, now.Claimed)
                            : ClaimVerdict.Failed(claim.Id, outcomes[i].ToString()),
                        cancellationToken);
                    break;
                default:
                    Refuse(channel, outcomes[i].ToString(), refused);
                    await ledger.EndClaimAsync(ClaimVerdict.Failed(claim.Id, outcomes[i].ToString()), cancellationToken);
                    break;
            }
        }

        return good;
    }

    // Not cancelled: an outcome that is known is written down.
    private async Task RecordAsync(ClaimTransaction transaction, ClaimStatus status, List<ChannelId> refused)
    {
        var claims = await ledger.ClaimsOfAsync(transaction.Id, CancellationToken.None);
        var verdicts = new List<ClaimVerdict>(claims.Count);
        for (var i = 0; i < claims.Count; i++)
        {
            var channel = claims[i].Voucher.Voucher.ChannelId;
            var row = i < status.Rows.Length && status.Rows[i].ChannelId == channel ? status.Rows[i] : null;
            if (row is { Outcome: ClaimOutcome.Claimed or ClaimOutcome.AlreadyClaimed })
            {
                verdicts.Add(ClaimVerdict.Settled(claims[i].Id, row.ClaimedTotal));
                exposure.Claimed(claims[i].Terms.Payer, row.Paid);
                metrics.Settled(row.Paid);
            }
            else
            {
                var reason = row?.Outcome.ToString() ?? "the contract says nothing about it";
                verdicts.Add(ClaimVerdict.Failed(claims[i].Id, reason));
                Refuse(channel, reason, refused);
            }
        }

        await FinishAsync(transaction, new ClaimTransactionEnd(ClaimTransactionState.Solidified, status.Block, status.Energy, status.Fee), verdicts);
    }

    private async Task EndAsync(
        ClaimTransaction transaction, ClaimStatus status, Func<ClaimRecord, string, ClaimVerdict> judge, List<ChannelId> refused)
    {
        var reason = status.Reason ?? "in no block in time";
        LogEnded(transaction.Id, reason);
        var claims = await ledger.ClaimsOfAsync(transaction.Id, CancellationToken.None);
        refused.AddRange(claims.Select(static claim => claim.Voucher.Voucher.ChannelId));
        await FinishAsync(
            transaction,
            status.Stage == ClaimStage.Expired
                ? ClaimTransactionEnd.Expired
                : new ClaimTransactionEnd(ClaimTransactionState.Reverted, status.Block, status.Energy, status.Fee),
            [.. claims.Select(claim => judge(claim, reason))]);
    }

    private async Task FinishAsync(ClaimTransaction transaction, ClaimTransactionEnd end, IReadOnlyList<ClaimVerdict> verdicts)
    {
        if (await ledger.FinishTransactionAsync(transaction.Id, end, verdicts, CancellationToken.None))
        {
            metrics.Ended(end);
        }
    }

    private void Refuse(ChannelId channel, string reason, List<ChannelId> refused)
    {
        LogRefused(channel, reason);
        metrics.Refused();
        refused.Add(channel);
    }

    private static ChainTransaction Of(ClaimTransaction stored) => new(stored.Id, stored.ExpiresAt, stored.Payload);

    private static List<ClaimRow> Rows(IEnumerable<ClaimRecord> claims) => [.. claims.Select(static claim => new ClaimRow(claim.Terms, claim.Voucher))];
}
