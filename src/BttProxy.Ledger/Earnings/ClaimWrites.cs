using System.Data.Common;
using System.Globalization;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>Changes of the claims outbox.</summary>
internal sealed class ClaimWrites(DbConnection connection, HourlyTally tally, TimeProvider time) : IDisposable
{
    // OR IGNORE: a channel with a claim under way keeps that one. A close under way pays more than a claim could.
    private readonly Statement _queue = new(connection, """
        INSERT OR IGNORE INTO claim (channel_id, epoch, amount, signature, state, created_at, updated_at)
        SELECT id, epoch, accepted, signature, 0, @1, @1 FROM channel_money WHERE id = @0 AND signature IS NOT NULL AND accepted > claimed
          AND NOT EXISTS (SELECT 1 FROM closing WHERE channel_id = @0)
        """);

    private readonly Statement _read = new(connection, RelayReads.SelectClaims + " WHERE q.id = @0");

    private readonly Statement _lastId = new(connection, "SELECT last_insert_rowid()");

    private readonly Statement _isQueued = new(connection, "SELECT count(*) FROM claim WHERE id = @0 AND state = 0");

    private readonly Statement _broadcast = new(connection, """
        UPDATE claim SET state = 1, txid = @1, amount = @2, signature = @3, updated_at = @4 WHERE id = @0
        """);

    private readonly Statement _state = new(connection, "SELECT state, channel_id, claimed_then FROM claim WHERE id = @0");

    private readonly Statement _end = new(connection, "UPDATE claim SET state = @1, note = @2, updated_at = @3 WHERE id = @0");

    private readonly Statement _claimed = new(connection, """
        SELECT m.claimed FROM channel_money m JOIN claim q ON q.channel_id = m.id AND q.epoch = m.epoch WHERE q.id = @0
        """);

    private readonly Statement _raiseClaimed = new(connection, """
        UPDATE channel_money SET claimed = @1
        WHERE id = (SELECT channel_id FROM claim WHERE claim.id = @0) AND epoch = (SELECT epoch FROM claim WHERE claim.id = @0) AND claimed < @1
        """);

    private readonly Statement _past = new(connection, "SELECT settled_before, lost FROM channel WHERE id = @0");

    private readonly Statement _correctPast = new(connection, "UPDATE channel SET settled_before = @1, lost = @2 WHERE id = @0");

    public List<ClaimRecord> Queue(IReadOnlyList<ChannelId> channels)
    {
        var now = time.GetUtcNow();
        var queued = new List<ClaimRecord>(channels.Count);
        foreach (var id in channels)
        {
            if (_queue.Execute(id.ToDb(), now.ToDb()) == 1)
            {
                queued.Add(_read.First(RelayReads.Claim, Convert.ToInt64(_lastId.Scalar(), CultureInfo.InvariantCulture))!);
            }
        }

        return queued;
    }

    public bool IsQueued(long claimId) => _isQueued.Scalar(claimId) is 1L;

    public void Broadcast(ClaimRecord claim, Bytes32 transactionId) => _broadcast.Execute(
        claim.Id, transactionId.ToArray(), claim.Voucher.Voucher.Cumulative.ToDb(), claim.Voucher.Signature.ToArray(), time.GetUtcNow().ToDb());

    /// <summary>False when it had ended before.</summary>
    public bool End(ClaimVerdict verdict)
    {
        var (state, channel, claimedThen) = _state.First(row => ((ClaimState)row.GetInt32(0), row.Blob(1), row.AmountOrZero(2)), verdict.ClaimId);
        if (state == ClaimState.Overtaken && verdict.End == ClaimState.Settled)
        {
            // The epoch's sums have moved to the past already, where this payment counts as lost.
            var paid = verdict.ClaimedTotal.SubtractSaturating(claimedThen);
            var (settled, lost) = _past.First(row => (row.Amount(0), row.Amount(1)), channel);
            tally.Claimed(paid);
            _correctPast.Execute(channel, (settled + paid).ToDb(), lost.SubtractSaturating(paid).ToDb());
        }
        else if (state is not (ClaimState.Queued or ClaimState.Broadcast))
        {
            return false;
        }

        _end.Execute(verdict.ClaimId, (int)verdict.End, verdict.Note, time.GetUtcNow().ToDb());
        if (verdict.End == ClaimState.Settled)
        {
            if (_claimed.First(row => (TokenAmount?)row.Amount(0), verdict.ClaimId) is { } before)
            {
                tally.Claimed(verdict.ClaimedTotal.SubtractSaturating(before));
            }

            _raiseClaimed.Execute(verdict.ClaimId, verdict.ClaimedTotal.ToDb());
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var statement in new[]
                 {
                     _queue, _read, _lastId, _isQueued, _broadcast, _state, _end, _claimed, _raiseClaimed, _past, _correctPast,
                 })
        {
            statement.Dispose();
        }
    }
}
