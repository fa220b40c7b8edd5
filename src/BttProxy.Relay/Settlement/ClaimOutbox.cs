using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// Sends queued claims and reads their outcome from receipts. The transaction id is stored before anything is sent, and a claim whose fate
/// is unknown is pending, never failed: the contract pays each unit once, so sending again is safe.
/// </summary>
internal sealed partial class ClaimOutbox(
    IChannelChain chain, RelayLedger ledger, Exposure exposure, int maxRows, RelayMetrics metrics, TimeProvider time,
    ILogger<ClaimOutbox> logger)
{
    private const int MaxPending = 10_000;

    // After this a broadcast claim without a receipt is sent again.
    private static readonly TimeSpan ResendAfter = TimeSpan.FromMinutes(1);

    /// <summary>Works through the outbox; the channels whose claim the chain refused come back.</summary>
    /// <exception cref="ChainException">The chain cannot be reached; everything that is left stays in the outbox.</exception>
    public async Task<List<ChannelId>> FlushAsync(bool resendNow, CancellationToken cancellationToken)
    {
        var refused = new List<ChannelId>();
        var pending = await ledger.ClaimsAsync(ClaimState.Broadcast, MaxPending, cancellationToken);
        foreach (var batch in pending.GroupBy(c => c.TransactionId))
        {
            ClaimRecord[] claims = [.. batch];
            if (batch.Key is { } id && await chain.ReceiptAsync(id, cancellationToken) is { } receipt)
            {
                await RecordAsync(claims, receipt, refused);
            }
            else if (resendNow || time.GetUtcNow() - claims.Max(c => c.UpdatedAt) >= ResendAfter)
            {
                await SendAsync(claims, refused, cancellationToken);
            }
        }

        var queued = await ledger.ClaimsAsync(ClaimState.Queued, MaxPending, cancellationToken);
        foreach (var claims in queued.Chunk(Math.Min(maxRows, chain.MaxClaimRows)))
        {
            await SendAsync(claims, refused, cancellationToken);
        }

        return refused;
    }

    private async Task SendAsync(ClaimRecord[] claims, List<ChannelId> refused, CancellationToken cancellationToken)
    {
        var prepared = await chain.PrepareClaimAsync([.. claims.Select(c => new ClaimRow(c.Terms, c.Voucher))], cancellationToken);
        if (await ledger.BroadcastClaimsAsync([.. claims.Select(c => c.Id)], prepared.TransactionId, cancellationToken))
        {
            LogSent(claims.Length, prepared.TransactionId);
            await RecordAsync(claims, await chain.SubmitClaimAsync(prepared, cancellationToken), refused);
        }
    }

    // Not cancelled: an outcome that is known is written down.
    private async Task RecordAsync(ClaimRecord[] claims, ChainReceipt receipt, List<ChannelId> refused)
    {
        for (var i = 0; i < claims.Length; i++)
        {
            var row = receipt.IsAccepted && i < receipt.Rows.Length ? receipt.Rows[i] : null;
            if (row is { Outcome: ClaimOutcome.Claimed or ClaimOutcome.AlreadyClaimed })
            {
                await ledger.SettleClaimAsync(claims[i].Id, row.ClaimedTotal, CancellationToken.None);
                exposure.Claimed(claims[i].Terms.Payer, row.Paid);
                metrics.ClaimSettled(row.Paid);
            }
            else
            {
                var reason = row?.Outcome.ToString() ?? receipt.Rejection.ToString();
                LogRefused(claims[i].Voucher.Voucher.ChannelId, reason);
                await ledger.FailClaimAsync(claims[i].Id, reason, CancellationToken.None);
                metrics.ClaimFailed();
                refused.Add(claims[i].Voucher.Voucher.ChannelId);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Claim of {Rows} channels sent as transaction {TransactionId}")]
    private partial void LogSent(int rows, Bytes32 transactionId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The chain refused the claim of channel {ChannelId}: {Reason}")]
    private partial void LogRefused(ChannelId channelId, string reason);
}
